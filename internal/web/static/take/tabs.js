// Two tabs of one browser: the newest has the sitting, the other says so. The server's revisions are what really protects answers.

/** Tells the other tabs of this browser that this one has the sitting. */
export class Tabs {
  /**
   * @param {string} sitting
   * @param {{taken: () => Promise<void>, handed: () => void, ended: () => void}} on
   */
  constructor(sitting, on) {
    this.tab = Math.random().toString(36).slice(2);
    this.active = true;
    this.channel = 'BroadcastChannel' in window ? new BroadcastChannel(`assay-take-${sitting}`) : null;
    this.channel?.addEventListener('message', async ({ data }) => {
      if (data.tab === this.tab) return;
      if (data.kind === 'here' && this.active) {
        this.active = false;
        await on.taken(); // what was written here leaves first
        this.post('handed');
      } else if (data.kind === 'handed' && this.active) {
        on.handed();
      } else if (data.kind === 'ended') {
        on.ended();
      }
    });
  }

  /** Takes the sitting. */
  take() {
    this.active = true;
    this.post('here');
  }

  /** Tells that the sitting ended. */
  end() {
    this.post('ended');
  }

  post(/** @type {string} */ kind) {
    this.channel?.postMessage({ kind, tab: this.tab });
  }
}

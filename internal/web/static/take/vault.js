// What is not sent yet stays on this device, encrypted. The key is made here, cannot be exported, and goes with the sitting.

/**
 * A promise of a request of IndexedDB.
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
const answered = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

/** @returns {Promise<IDBDatabase>} */
function openDatabase() {
  const request = indexedDB.open('assay-take', 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore('keys');
    request.result.createObjectStore('kept');
  };
  return answered(request);
}

/** A place for small documents by name. */
export class Vault {
  /**
   * @param {string} sitting
   * @param {IDBDatabase|null} db
   * @param {CryptoKey|null} key
   */
  constructor(sitting, db, key) {
    this.sitting = sitting;
    this.db = db;
    this.key = key;
    /** @type {Map<string, any>} what is still to be written, by name */
    this.waiting = new Map();
    /** @type {Promise<void>|null} */
    this.writing = null;
    this.closed = false;
  }

  /**
   * Opens the vault of a sitting. Where the browser keeps nothing (a private window, no secure connection), it says so
   * by `durable` and everything else goes on.
   * @param {string} sitting
   */
  static async open(sitting) {
    try {
      const db = await openDatabase();
      // The key is made first: a transaction does not wait for anything else. Of two tabs the first one's key stays.
      const made = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
      const keys = db.transaction('keys', 'readwrite').objectStore('keys');
      let key = await answered(keys.get(sitting));
      if (!key) {
        await answered(keys.add(made, sitting));
        key = made;
      }
      return new Vault(sitting, db, key);
    } catch {
      return new Vault(sitting, null, null);
    }
  }

  /** Whether what is put here outlives the page. */
  get durable() {
    return this.db !== null;
  }

  /**
   * Keeps a document, or drops it if it is null. Only the newest of each name is written.
   * @param {string} name
   * @param {any} document
   * @returns {Promise<void>} when it is on disk
   */
  put(name, document) {
    if (!this.db || this.closed) return Promise.resolve();
    this.waiting.set(name, document);
    this.writing ??= this.write();
    return this.writing;
  }

  async write() {
    // One turn later, so that what changes together is written once.
    await null;
    try {
      while (this.waiting.size && !this.closed) {
        const [[name, document]] = this.waiting;
        this.waiting.delete(name);
        const sealed = document === null ? null : await this.seal(name, document);
        if (this.closed) break;
        const kept = /** @type {IDBDatabase} */ (this.db).transaction('kept', 'readwrite').objectStore('kept');
        await answered(sealed ? kept.put(sealed, `${this.sitting}/${name}`) : kept.delete(`${this.sitting}/${name}`));
      }
    } catch {
      this.db = null; // the disk is full or the browser forbids it: the page says so from now on
    } finally {
      this.writing = null;
    }
  }

  /**
   * @param {string} name
   * @param {any} document
   */
  async seal(name, document) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const plain = new TextEncoder().encode(JSON.stringify(document));
    const data = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: this.label(name) }, /** @type {CryptoKey} */ (this.key), plain);
    return { iv, data };
  }

  /** The name goes into the seal, so that a document cannot be put in another's place. */
  label(/** @type {string} */ name) {
    return new TextEncoder().encode(`${this.sitting}/${name}`);
  }

  /** @returns {Promise<Map<string, any>>} every document by name; what cannot be read is left out */
  async all() {
    const found = new Map();
    if (!this.db) return found;
    const kept = this.db.transaction('kept').objectStore('kept');
    const range = IDBKeyRange.bound(`${this.sitting}/`, `${this.sitting}/\uffff`);
    const [names, documents] = await Promise.all([answered(kept.getAllKeys(range)), answered(kept.getAll(range))]);
    for (const [i, full] of names.entries()) {
      const name = String(full).slice(this.sitting.length + 1);
      try {
        const { iv, data } = documents[i];
        const plain = await crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData: this.label(name) }, /** @type {CryptoKey} */ (this.key), data);
        found.set(name, JSON.parse(new TextDecoder().decode(plain)));
      } catch {
        // Written with a key that is gone: nobody can read it any more.
      }
    }
    return found;
  }

  /** Deletes everything of the sitting, the key too. */
  async destroy() {
    this.closed = true;
    this.waiting.clear();
    if (!this.db) return;
    try {
      await this.writing;
      const both = this.db.transaction(['keys', 'kept'], 'readwrite');
      both.objectStore('keys').delete(this.sitting);
      await answered(both.objectStore('kept').delete(IDBKeyRange.bound(`${this.sitting}/`, `${this.sitting}/\uffff`)));
    } catch {
      // It could not be written either.
    }
  }
}

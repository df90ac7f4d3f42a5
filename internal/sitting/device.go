package sitting

import (
	"context"
	"fmt"

	"github.com/assay-hq/assay/internal/clock"
	"github.com/assay-hq/assay/internal/fault"
	"github.com/assay-hq/assay/internal/term"
)

// maxDevice bounds the name that a page makes up for the device it is on.
const maxDevice = 100

func checkDevice(name *string) error {
	var c fault.Checks
	device(&c, name)
	return c.Err()
}

func device(c *fault.Checks, name *string) {
	if name != nil {
		c.Line(*name, 1, maxDevice, "device")
	}
}

// claim gives the sitting to a device; the one that had it is told at its next save.
func (h *held) claim(ctx context.Context, device *string) error {
	if device == nil || *device == h.row.Device {
		return h.write(ctx)
	}
	if h.row.Device != "" {
		h.tell(clock.Entry{Kind: term.ClockTakenOver, At: h.now})
	}
	if _, err := h.tx.ChangeSession(h.row.ID).SetDevice(*device).Save(ctx); err != nil {
		return fmt.Errorf("take over: %w", err)
	}
	return h.write(ctx)
}

func otherDevice() error {
	return &fault.Fault{
		Code: fault.Conflict, Field: []string{"device"},
		Message: "this sitting was opened on another device, which goes on with it; open it here again to take it back",
	}
}

package tenant

import (
	"context"

	"github.com/assay-hq/assay/internal/gid"
)

// Change is the frame of most operations: one transaction in which something is done once for its idempotency key and
// read back as it stands. What do returns is the id of the row that read reads; input is what the key stands for.
func Change[T any](
	ctx context.Context, scope Scope, key *string, input any,
	do func(tx Tx) (gid.ID, error), read func(ctx context.Context, scope Scope, id gid.ID) (T, error),
) (T, error) {
	return InTx(ctx, scope, func(tx Tx) (T, error) {
		id, err := Once(ctx, tx, key, input, func() (gid.ID, error) { return do(tx) })
		if err != nil {
			var none T
			return none, err
		}
		return read(ctx, tx.Scope, id)
	})
}

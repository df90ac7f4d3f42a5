package migration

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"

	"entgo.io/ent/dialect"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
)

// river knows the job queue's own migrations. It gets no pool: every step runs on the connection that holds our
// lock, so that migrating needs one connection and not two.
func river(dialectName string) (*rivermigrate.Migrator[*sql.Tx], error) {
	quiet := &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)}
	switch dialectName {
	case dialect.Postgres:
		return rivermigrate.New(riverdatabasesql.New(nil), quiet)
	case dialect.SQLite:
		return rivermigrate.New(riversqlite.New(nil), quiet)
	default:
		return nil, fmt.Errorf("no job queue on the database %q", dialectName)
	}
}

// applyRiver runs the queue's missing migrations, one transaction each: PostgreSQL cannot use a new enum value in
// the transaction that adds it.
func applyRiver(ctx context.Context, conn *sql.Conn, dialectName string) (applied []string, err error) {
	queue, err := river(dialectName)
	if err != nil {
		return nil, err
	}
	for {
		var step []rivermigrate.MigrateVersion
		err := inTx(ctx, conn, dialectName, func(tx *sql.Tx) error {
			//lint:ignore SA1019 the deprecation warns of several steps in one transaction, and here it is one step
			result, err := queue.MigrateTx(ctx, tx, rivermigrate.DirectionUp, &rivermigrate.MigrateOpts{MaxSteps: 1})
			if err == nil {
				step = result.Versions
			}
			return err
		})
		if err != nil {
			return applied, fmt.Errorf("migrate the job queue: %w", err)
		}
		if len(step) == 0 {
			return applied, nil
		}
		applied = append(applied, riverName(step[0].Version, step[0].Name))
	}
}

func riverName(version int, name string) string {
	return fmt.Sprintf("%s/%04d_%s", LineRiver, version, name)
}

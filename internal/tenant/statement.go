package tenant

import (
	"context"
	"database/sql/driver"
)

// maxPrepared bounds the statements that one connection keeps prepared. The product has fewer; what people
// could make (filters in combination) must not fill the database's memory.
const maxPrepared = 400

// watched opens connections that report each statement and, where it pays, keep it prepared by its text.
// lib/pq spends two round trips on an unprepared statement with arguments and one on a prepared one.
type watched struct {
	driver.Connector
	prepare bool
	observe func(string)
}

// Connect opens a connection.
func (w *watched) Connect(ctx context.Context) (driver.Conn, error) {
	inner, err := w.Connector.Connect(ctx)
	if err != nil {
		return nil, troubled(err)
	}
	c := &watchedConn{Conn: inner, observe: w.observe}
	if w.prepare {
		c.prepared = map[string]driver.Stmt{}
	}
	return c, nil
}

// watchedConn is one connection. database/sql never uses it from two goroutines at once.
type watchedConn struct {
	driver.Conn
	observe  func(string)
	prepared map[string]driver.Stmt // nil: nothing is kept prepared
}

// QueryContext runs a query, prepared if it has arguments.
func (c *watchedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	c.saw(query)
	if c.prepared == nil || len(args) == 0 {
		return watchRows(c.Conn.(driver.QueryerContext).QueryContext(ctx, query, args))
	}
	stmt, err := c.statement(ctx, query)
	if err != nil {
		return nil, troubled(err)
	}
	rows, err := stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
	c.forgetOn(err, query, stmt)
	return watchRows(rows, err)
}

// watchedRows is what a query gives. The connection may break while it is read.
type watchedRows struct{ driver.Rows }

func watchRows(rows driver.Rows, err error) (driver.Rows, error) {
	if err != nil {
		return nil, troubled(err)
	}
	return watchedRows{rows}, nil
}

// Next reads a row; io.EOF says that there is none.
func (r watchedRows) Next(dest []driver.Value) error { return troubled(r.Rows.Next(dest)) }

// ExecContext runs a statement, prepared if it has arguments.
func (c *watchedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	c.saw(query)
	if c.prepared == nil || len(args) == 0 {
		result, err := c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args)
		return result, troubled(err)
	}
	stmt, err := c.statement(ctx, query)
	if err != nil {
		return nil, troubled(err)
	}
	result, err := stmt.(driver.StmtExecContext).ExecContext(ctx, args)
	c.forgetOn(err, query, stmt)
	return result, troubled(err)
}

func (c *watchedConn) saw(query string) {
	if c.observe != nil {
		c.observe(query)
	}
}

func (c *watchedConn) statement(ctx context.Context, query string) (driver.Stmt, error) {
	if stmt, ok := c.prepared[query]; ok {
		return stmt, nil
	}
	if len(c.prepared) >= maxPrepared {
		c.dropOne()
	}
	stmt, err := c.Conn.(driver.ConnPrepareContext).PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	c.prepared[query] = stmt
	return stmt, nil
}

func (c *watchedConn) dropOne() {
	for query, stmt := range c.prepared {
		delete(c.prepared, query)
		_ = stmt.Close()
		return
	}
}

// forgetOn drops a statement that failed: a migration may have changed what it returns.
func (c *watchedConn) forgetOn(err error, query string, stmt driver.Stmt) {
	if err != nil {
		delete(c.prepared, query)
		_ = stmt.Close()
	}
}

// BeginTx begins a transaction.
func (c *watchedConn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	tx, err := c.Conn.(driver.ConnBeginTx).BeginTx(ctx, opts)
	return tx, troubled(err)
}

// PrepareContext prepares a statement that the caller closes.
func (c *watchedConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	c.saw(query)
	return c.Conn.(driver.ConnPrepareContext).PrepareContext(ctx, query)
}

// Ping asks whether the database answers.
func (c *watchedConn) Ping(ctx context.Context) error {
	if p, ok := c.Conn.(driver.Pinger); ok {
		return p.Ping(ctx)
	}
	return nil
}

// ResetSession readies the connection for its next user.
func (c *watchedConn) ResetSession(ctx context.Context) error {
	if r, ok := c.Conn.(driver.SessionResetter); ok {
		return r.ResetSession(ctx)
	}
	return nil
}

// IsValid reports whether the connection can be used again.
func (c *watchedConn) IsValid() bool {
	if v, ok := c.Conn.(driver.Validator); ok {
		return v.IsValid()
	}
	return true
}

// CheckNamedValue leaves the conversion of arguments to the driver.
func (c *watchedConn) CheckNamedValue(v *driver.NamedValue) error {
	if n, ok := c.Conn.(driver.NamedValueChecker); ok {
		return n.CheckNamedValue(v)
	}
	return driver.ErrSkip
}

package valkey

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// Walk iterates over the keys of one database, a piece at a time. It is for
// background work, on a connection of its own.
type Walk struct {
	conn   *Conn
	db     int
	match  string
	cursor string
}

// NewWalk starts a walk over database db. The server leaves out keys that do
// not match the glob, unless it is empty.
func NewWalk(conn *Conn, db int, match string) *Walk {
	return &Walk{conn: conn, db: db, match: match, cursor: "0"}
}

// Piece is one step of a walk.
type Piece struct {
	Keys []string
	Took time.Duration // the round trip
	Last bool          // the whole database has been seen
}

// Next asks for the next piece, for which the server looks at some count keys.
// SCAN may return a key twice, and returns every key that was there during the
// whole walk at least once.
func (w *Walk) Next(ctx context.Context, count int) (Piece, error) {
	args := []any{"scan", w.cursor, "count", count}
	if w.match != "" {
		args = append(args, "match", w.match)
	}
	choose, home := selectDB(w.db), selectDB(0)
	scan := redis.NewCmd(ctx, args...)
	cmds := []redis.Cmder{scan}
	if w.db != 0 {
		cmds = []redis.Cmder{choose, scan, home}
	}
	start := time.Now()
	if err := w.conn.Exec(ctx, cmds); err != nil {
		return Piece{}, err
	}
	took := time.Since(start)
	w.conn.stayHome(home)
	if err := choose.Err(); err != nil {
		return Piece{}, selectError(w.db, err)
	}
	if err := scan.Err(); err != nil {
		return Piece{}, fmt.Errorf("SCAN: %w", err)
	}
	keys, err := w.parse(scan.Val())
	if err != nil {
		return Piece{}, fmt.Errorf("SCAN: %w", parseError(err))
	}
	return Piece{Keys: keys, Took: took, Last: w.cursor == "0"}, nil
}

// parse reads [cursor, [key, ...]] and moves on.
func (w *Walk) parse(reply any) ([]string, error) {
	parts, ok := reply.([]any)
	if !ok || len(parts) != 2 {
		return nil, fmt.Errorf("want a cursor and keys, got %T", reply)
	}
	cursor, err := text(parts[0])
	if err != nil {
		return nil, err
	}
	if _, err := strconv.ParseUint(cursor, 10, 64); err != nil {
		return nil, fmt.Errorf("want a cursor, got %s", excerpt(cursor))
	}
	list, ok := parts[1].([]any)
	if !ok {
		return nil, fmt.Errorf("want keys, got %T", parts[1])
	}
	keys := make([]string, len(list))
	for i, item := range list {
		if keys[i], err = text(item); err != nil {
			return nil, err
		}
	}
	w.cursor = cursor
	return keys, nil
}

// Ping measures a round trip that costs the server nothing.
func Ping(ctx context.Context, conn *Conn) (time.Duration, error) {
	ping := redis.NewStatusCmd(ctx, "ping")
	start := time.Now()
	err := conn.Exec(ctx, []redis.Cmder{ping})
	if err == nil && !reached(ping.Err()) {
		err = ping.Err()
	}
	return time.Since(start), err
}

// Keys is the number of keys in a database: SCAN does not tell how many it
// passes over. INFO needs no right that the exporter does not have anyway, and
// no SELECT. The number is NotSent when the server answers with an error, which
// is returned as reply; err is why it did not answer.
func Keys(ctx context.Context, conn *Conn, db int) (keys float64, reply, err error) {
	spaces, reply, err := keyspaces(ctx, conn)
	if reply != nil || err != nil {
		return NotSent, reply, err
	}
	for _, k := range spaces {
		if k.DB == DatabaseName(db) {
			return k.Keys, nil, nil
		}
	}
	return 0, nil, nil
}

// Databases are the numbers of those that hold keys, ascending. Errors are as those
// of Keys.
func Databases(ctx context.Context, conn *Conn) (dbs []int, reply, err error) {
	spaces, reply, err := keyspaces(ctx, conn)
	for _, k := range spaces {
		if db, err := strconv.Atoi(strings.TrimPrefix(k.DB, "db")); err == nil {
			dbs = append(dbs, db)
		}
	}
	return dbs, reply, err
}

func keyspaces(ctx context.Context, conn *Conn) (spaces []Keyspace, reply, err error) {
	cmd := redis.NewStringCmd(ctx, "info", "keyspace")
	if err := conn.Exec(ctx, []redis.Cmder{cmd}); err != nil {
		return nil, nil, err
	}
	if cmd.Err() != nil {
		return nil, cmd.Err(), nil
	}
	info, err := ParseInfo(cmd.Val())
	return info.Keyspaces, parseError(err), nil
}

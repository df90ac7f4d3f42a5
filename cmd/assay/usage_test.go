package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/assay-hq/assay/internal/migration"
)

// timings are how long something took, each time.
type timings struct {
	mu  sync.Mutex
	all []time.Duration
}

func (s *timings) add(took time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, took)
}

// at is the time within which a share of them was done.
func (s *timings) at(share float64) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.all) == 0 {
		return 0
	}
	slices.Sort(s.all)
	return s.all[min(len(s.all)-1, int(share*float64(len(s.all))))]
}

// String tells them in a line.
func (s *timings) String() string {
	ms := func(share float64) float64 { return float64(s.at(share).Microseconds()) / 1000 }
	return fmt.Sprintf("%d: p50 %.1f ms, p90 %.1f ms, p99 %.1f ms, at most %.1f ms", len(s.all), ms(0.5), ms(0.9), ms(0.99), ms(1))
}

// faults are what went wrong, by its kind.
type faults struct {
	mu   sync.Mutex
	kind map[string]int
}

func (f *faults) add(what string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.kind == nil {
		f.kind = map[string]int{}
	}
	f.kind[what+": "+err.Error()]++
}

// usage is what server, database and load have used.
type usage struct {
	server, database, load time.Duration // of processors
	peak, kept             int64         // bytes of memory: the server's most until now, the database's now
}

// usage looks into /proc; without it, as elsewhere than on Linux, it knows nothing.
func (l *load) usage(t *testing.T, database string) (u usage) {
	t.Helper()
	server := l.process.Process.Pid
	u.server, u.load = cpuOf(server, false), cpuOf(os.Getpid(), false)
	u.peak = kilobytes(server, "VmHWM:")
	if strings.HasPrefix(database, "postgres") {
		main := postmaster(t, database)
		u.database = cpuOf(main, true)
		shared := kilobytes(main, "RssShmem:")
		for _, pid := range append(children(main), main) {
			u.kept += kilobytes(pid, "RssAnon:")
			shared = max(shared, kilobytes(pid, "RssShmem:"))
			if pid != main {
				u.database += cpuOf(pid, false)
			}
		}
		u.kept += shared
	}
	return u
}

// stat reads the fields of a process from its parent's number on; none if there is no such process.
func stat(pid int) []string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil
	}
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	return fields[1:]
}

// cpuOf is the time that a process has computed, with its children that ended or without.
func cpuOf(pid int, withEnded bool) (took time.Duration) {
	const user, tick = 10, 10 * time.Millisecond
	fields, last := stat(pid), user+2
	if withEnded {
		last += 2
	}
	for i := user; i < last && i < len(fields); i++ {
		n, _ := strconv.Atoi(fields[i]) // a number, or nothing
		took += time.Duration(n) * tick
	}
	return took
}

// kilobytes reads a line of a process's status, in bytes.
func kilobytes(pid int, name string) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == name {
			n, _ := strconv.ParseInt(fields[1], 10, 64) // a number, or nothing
			return n << 10
		}
	}
	return 0
}

// children are the processes that a process started.
func children(of int) (pids []int) {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat") // a pattern that is right
	for _, path := range stats {
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path))) // a number, or nothing
		if fields := stat(pid); len(fields) > 0 && fields[0] == strconv.Itoa(of) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// postmaster is the database's first process, which is the parent of whoever answers; 0 if it is on another machine.
func postmaster(t *testing.T, address string) int {
	t.Helper()
	db, _, err := migration.OpenForMigration(address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var pid int
	if err := db.QueryRowContext(t.Context(), "SELECT pg_backend_pid()").Scan(&pid); err != nil {
		t.Fatal(err)
	}
	fields := stat(pid)
	if len(fields) == 0 {
		return 0
	}
	parent, _ := strconv.Atoi(fields[0]) // a number, or nothing
	return parent
}

// report tells what was done and what it cost, and judges it if that is asked for.
func (l *load) report(t *testing.T, database string) {
	t.Helper()
	u := l.usage(t, database)
	t.Logf("%d candidates in %v; %d began meanwhile", len(l.seats), l.span, len(l.late))
	t.Logf("saves %v", &l.saves)
	t.Logf("heartbeats %v", &l.beats)
	t.Logf("processors: server %v, database %v, load %v", u.server-l.before.server, u.database-l.before.database, u.load-l.before.load)
	t.Logf("memory: server at most %d MB, database %d MB", u.peak>>20, u.kept>>20)
	heard := map[string][]int{}
	for _, f := range l.followers {
		f.mu.Lock()
		heard[f.name] = append(heard[f.name], f.count)
		f.mu.Unlock()
	}
	for name, counts := range heard {
		slices.Sort(counts)
		t.Logf("%s: %d subscriptions had heard %d to %d events", name, len(counts), counts[0], counts[len(counts)-1])
	}
	for kind, n := range l.faults.kind {
		t.Errorf("%d times %s", n, kind)
	}
	if !l.judged {
		return
	}
	if p50, p99 := l.saves.at(0.5), l.saves.at(0.99); p50 > goalP50 || p99 > goalP99 {
		t.Errorf("half of the saves took %v and one in a hundred %v, want %v and %v", p50, p99, goalP50, goalP99)
	}
	if u.peak > goalMemory {
		t.Errorf("the server had %d MB, want %d", u.peak>>20, goalMemory>>20)
	}
}

// profile leaves a profile of the middle of the load, if it is asked for.
func (l *load) profile(t *testing.T) {
	folder := os.Getenv("ASSAY_LOAD_PROFILE")
	if folder == "" {
		return
	}
	for name, path := range map[string]string{
		"cpu": fmt.Sprintf("profile?seconds=%d", max(1, int(l.span.Seconds())/2)), "heap": "heap", "goroutine": "goroutine",
	} {
		answer, err := http.Get("http://" + l.admin + "/debug/pprof/" + path)
		if err != nil {
			t.Errorf("profile: %v", err)
			return
		}
		text, err := io.ReadAll(answer.Body)
		if err := errors.Join(err, answer.Body.Close(), os.WriteFile(filepath.Join(folder, name+".pprof"), text, 0o600)); err != nil {
			t.Errorf("profile: %v", err)
		}
	}
}

//go:build proof && linux

package proof

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/lanyard-id/lanyard/internal/opwire"
)

// needs ends the test if a tool is missing: what was not run proves nothing.
func needs(t *testing.T, tool, from string) {
	t.Helper()
	if _, err := exec.LookPath(tool); err != nil {
		t.Fatalf("this proof needs %s (%s): %v", tool, from, err)
	}
}

// TestAFailedStoreSyncEndsTheServer lets syncs of the running store fail. The server must give nothing more away, end with
// exit code 70, and come up again with everything that it acknowledged.
func TestAFailedStoreSyncEndsTheServer(t *testing.T) {
	needs(t, "strace", "apt install strace; it must be let trace processes of its own user")
	h := newHouse(t)
	h.play(t, userScene())
	w := h.as(t, "function")
	const rounds = 10
	var slowest time.Duration
	for n := range rounds {
		d := &diary{things: map[string]promise{}}
		assertion := w.mustToken(t, audience, "")
		tracer := h.failSyncs(t, "etcd", n/2+1)
		failed := h.writeUntilRefused(t, d, fmt.Sprintf("sync-%d", n))
		for {
			_, a, err := h.assume(h.role(), assertion)
			if err != nil {
				break // it is gone
			}
			if a.status == http.StatusOK && time.Since(failed) > time.Second {
				t.Fatal("a second after the failure sessions are still issued")
			}
		}
		<-h.exited
		slowest = max(slowest, time.Since(failed))
		if code := h.process.ProcessState.ExitCode(); code != 70 {
			t.Errorf("the server ended with exit code %d, want 70:\n%s", code, h.tail())
		}
		_ = tracer.Wait()
		h.recover(t, d, w)
	}
	figure(t, "%d failed syncs of the store: each ended the server with exit code 70 within %s, 0 acknowledged writes lost",
		rounds, slowest.Round(time.Millisecond))
}

// TestAFailedLedgerSyncReleasesNothing lets every sync of the ledger fail: nothing may be issued that the ledger did not take,
// and a change that was acknowledged must be in the ledger after the next start, for its record was written with it. The
// server ends, because only opening the ledger again tells what is in it, and goes on when it is started again.
func TestAFailedLedgerSyncReleasesNothing(t *testing.T) {
	needs(t, "strace", "apt install strace; it must be let trace processes of its own user")
	h := newHouse(t)
	h.play(t, userScene())
	w := h.as(t, "function")
	const rounds = 10
	asked := 0
	d := &diary{things: map[string]promise{}}
	for n := range rounds {
		assertion := w.mustToken(t, audience, "")
		tracer := h.failSyncs(t, filepath.Join("audit", "ledger"), 0)
		for {
			name := fmt.Sprintf("recorded-%d-%d", n, asked)
			d.note(name, unsure)
			changeErr := h.group(name)
			if changeErr == nil {
				d.note(name, present)
			}
			_, a, sessionErr := h.assume(h.role(), assertion)
			if sessionErr == nil && a.status < 500 {
				t.Errorf("a session without a record: status %d", a.status)
			}
			asked += 2
			if _, answered := isRefusal(changeErr); !answered {
				break // it is gone
			}
		}
		<-h.exited
		if code := h.process.ProcessState.ExitCode(); code != 70 {
			t.Errorf("the server ended with exit code %d, want 70:\n%s", code, h.tail())
		}
		_ = tracer.Wait()
		h.recover(t, d, w)
		h.recorded(t, d.acknowledged)
	}
	figure(t, "%d times every sync of the ledger failed: %d sessions and changes asked for, no session released, %d changes acknowledged and "+
		"recorded at the next start, exit code 70, ledger whole", rounds, asked, d.acknowledged)
}

// writeUntilRefused writes until the store fails, and tells when that was.
func (h *house) writeUntilRefused(t *testing.T, d *diary, prefix string) time.Time {
	t.Helper()
	done := make(chan time.Time, 1)
	go func() { h.write(d, prefix); done <- time.Now() }()
	select {
	case at := <-done:
		return at
	case <-time.After(patience):
		t.Fatalf("no write ever fails\n%s", h.tail())
	}
	return time.Time{}
}

// recover starts the server again and looks whether everything is there.
func (h *house) recover(t *testing.T, d *diary, w workload) {
	t.Helper()
	h.start(t)
	for _, b := range d.broken(h.groups(t)) {
		t.Error(b)
	}
	h.intact(t)
	h.readBoth(t, w)
	if t.Failed() {
		t.Fatal(h.tail())
	}
}

// failSyncs lets fdatasync and fsync of the files below a folder fail with EIO: the n-th of each thread from now on, or
// all of them for 0.
func (h *house) failSyncs(t *testing.T, folder string, n int) *exec.Cmd {
	t.Helper()
	when := "1+"
	if n > 0 {
		when = strconv.Itoa(n)
	}
	args := []string{"-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync,fsync", "-e", "inject=fdatasync,fsync:error=EIO:when=" + when}
	err := filepath.WalkDir(filepath.Join(h.data, folder), func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			args = append(args, "-P", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	trace := exec.Command("strace", append(args, "-p", strconv.Itoa(h.process.Process.Pid))...) //nolint:noctx // it ends with the server
	var said bytes.Buffer
	trace.Stderr = &said
	if err := trace.Start(); err != nil {
		t.Fatal(err)
	}
	threads := filepath.Join("/proc", strconv.Itoa(h.process.Process.Pid), "task", "*", "status")
	h.until(t, "strace holds every thread", func() bool {
		files, _ := filepath.Glob(threads) // the pattern is a good one
		free := 0
		for _, f := range files {
			if b, err := os.ReadFile(f); err == nil && strings.Contains(string(b), "TracerPid:\t0\n") {
				free++
			}
		}
		return free == 0
	})
	return trace
}

// TestAFullDiskIsRefusedBeforeItIsFull runs the server on a small disk of its own and fills it: first to below what the
// guard keeps free, then to the last byte.
func TestAFullDiskIsRefusedBeforeItIsFull(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Fatal("this proof mounts a small disk and must run as root")
	}
	disk := t.TempDir()
	if err := unix.Mount("tmpfs", disk, "tmpfs", 0, "size=800m"); err != nil {
		t.Fatalf("mount a small disk: %v", err)
	}
	h := houseAt(t, filepath.Join(disk, "data"))
	t.Cleanup(func() { h.kill(); _ = unix.Unmount(disk, unix.MNT_DETACH) })
	h.start(t)
	h.play(t, userScene())
	w := h.as(t, "function")
	h.readBoth(t, w)
	filler := filepath.Join(disk, "filler")

	fill(t, disk, filler, 400<<20) // below the guard's 512 MiB
	h.until(t, "writes are refused", func() bool { return h.group("full") != nil })
	r, ok := isRefusal(h.group("full"))
	if !ok || r.said.Reason != "disk.full" {
		t.Errorf("a write on a disk that is nearly full: %v", h.group("full"))
	}
	var token opwire.Token
	if err := h.ask(http.MethodPost, opwire.PathToken, opwire.TokenRequest{As: "operator", Resource: storage}, &token); err != nil {
		t.Errorf("the operator's token: %v", err)
	}
	a, err := h.blob(http.MethodPut, "/proofs/files/more.txt", token.AccessToken, []byte("more"))
	if err != nil || a.status < 500 {
		t.Errorf("an upload: %v, status %d: %s", err, a.status, a.body)
	}
	h.readBoth(t, w) // reading and issuing go on

	fill(t, disk, filler, 0) // to the last byte: the ledger lives on what is held back for it
	issued := 0
	for range 200 {
		if _, a, err := h.assume(h.role(), w.mustToken(t, audience, "")); err == nil && a.status == http.StatusOK {
			issued++
		}
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	h.until(t, "writes are let through again without a restart", func() bool { return h.group("again") == nil })
	h.readBoth(t, w)
	h.intact(t)
	h.kill()
	h.start(t)
	h.readBoth(t, w)
	figure(t, "writes refused below the guard and again let through; %d of 200 sessions issued on a disk without a free byte; ledger whole", issued)
}

// until waits for a state that must come.
func (h *house) until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !is(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it never happens that %s\n%s", what, h.tail())
		}
	}
}

// fill writes a file until only so many bytes of the disk are free.
func fill(t *testing.T, disk, file string, leave int64) {
	t.Helper()
	f, err := os.OpenFile(file, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for range 100 { // the server's own files grow meanwhile
		var s unix.Statfs_t
		info, err := f.Stat()
		if err = errors.Join(err, unix.Statfs(disk, &s)); err != nil {
			t.Fatal(err)
		}
		rest := int64(s.Bavail)*s.Bsize - leave
		if rest <= 0 {
			return
		}
		if err = unix.Fallocate(int(f.Fd()), 0, info.Size(), rest); err == nil {
			return
		}
		if !errors.Is(err, unix.ENOSPC) {
			t.Fatalf("fill the disk: %v", err)
		}
	}
	t.Fatal("the disk does not get full")
}

// isRefusal gives the refusal in err.
func isRefusal(err error) (*refusal, bool) { return errors.AsType[*refusal](err) }

// TestADiskThatCannotBeWrittenIsSaidSo starts the server on a disk that is read-only, and on one that has no room for a
// store. It must end with exit code 1, name the folder or the cause, and leave nothing half made that a later start trips
// over.
func TestADiskThatCannotBeWrittenIsSaidSo(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Fatal("this proof mounts disks and must run as root")
	}
	disk := t.TempDir()
	if err := unix.Mount("tmpfs", disk, "tmpfs", 0, "size=4m"); err != nil {
		t.Fatalf("mount a small disk: %v", err)
	}
	h := houseAt(t, filepath.Join(disk, "data"))
	t.Cleanup(func() { h.kill(); _ = unix.Unmount(disk, unix.MNT_DETACH) })
	start := []string{"serve", "--data", h.data, "--listen", "127.0.0.1:0"}

	if said := h.refusedRun(t, "", start...); !strings.Contains(said, "no space") || strings.Contains(said, "panic") {
		t.Errorf("on a disk without room it says:\n%s", said)
	}
	if err := unix.Mount("tmpfs", disk, "tmpfs", unix.MS_REMOUNT|unix.MS_RDONLY, "size=4m"); err != nil {
		t.Fatal(err)
	}
	if said := h.refusedRun(t, "", start...); !strings.Contains(said, "store.read_only") {
		t.Errorf("on a disk that is read-only it says:\n%s", said)
	}
	if err := unix.Mount("tmpfs", disk, "tmpfs", unix.MS_REMOUNT, "size=900m"); err != nil {
		t.Fatal(err)
	}
	h.start(t) // and where there is room it starts
	h.stop(t)
	if err := unix.Mount("tmpfs", disk, "tmpfs", unix.MS_REMOUNT|unix.MS_RDONLY, "size=900m"); err != nil {
		t.Fatal(err)
	}
	if said := h.refusedRun(t, "", start...); !strings.Contains(said, "store.read_only") {
		t.Errorf("an installation on a disk that has become read-only: it says:\n%s", said)
	}
	figure(t, "read-only and full disks: exit code 1, cause named, and started when there is room")
}

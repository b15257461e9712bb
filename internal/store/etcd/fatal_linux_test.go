package etcd_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/store"
	"github.com/lanyard-id/lanyard/internal/store/etcd"
)

// systemChildren are the children that need this operating system.
func systemChildren() map[string]func(dir string) error {
	return map[string]func(dir string) error{"full disk": writeOnFullDisk}
}

// exitFatal is what the child ends with, like the server, when its store fails.
const exitFatal = 70

// fullDiskAfter is the number of writes that the child does before its disk is full.
const fullDiskAfter = 20

// writeOnFullDisk is a child whose log files turn into /dev/full, where every write says ENOSPC, after some writes. It
// then expects the fatal call, and no answer but Unavailable from anything else.
func writeOnFullDisk(dir string) error {
	ctx := context.Background()
	failed := make(chan error, 10)
	var s *etcd.Store
	fatal := func(err error) {
		if closeErr := s.Close(); !fault.Is(closeErr, store.Unavailable) { // the server's way out closes what it opened
			err = closeErr
		}
		failed <- err
	}
	s, err := etcd.Open(ctx, etcd.Config{Dir: dir, Fatal: fatal})
	if err != nil {
		return err
	}
	for i := range fullDiskAfter {
		if _, err := s.Txn(ctx, nil, crashOps(i)); err != nil {
			return err
		}
		fmt.Println(i)
	}
	if err := fillDisk(dir); err != nil {
		return err
	}
	_, txnErr := s.Txn(ctx, nil, crashOps(fullDiskAfter))
	if !fault.Is(txnErr, store.Unavailable) || !store.Indeterminate(txnErr) {
		return fmt.Errorf("write on a full disk: %w", txnErr)
	}
	if err := <-failed; !errors.Is(err, unix.ENOSPC) {
		return fmt.Errorf("the fatal call does not name the cause: %w", err)
	}
	_, getErr := s.Get(ctx, crashKey(0))
	_, secondErr := s.Txn(ctx, nil, []store.Op{{Key: "later"}})
	for _, err := range []error{getErr, secondErr, s.Close()} {
		if !fault.Is(err, store.Unavailable) {
			return fmt.Errorf("after the failure: %w", err)
		}
	}
	if len(failed) > 0 {
		return errors.New("the fatal call came twice")
	}
	os.Exit(exitFatal)
	return nil
}

// fillDisk puts /dev/full in the place of every open log file.
func fillDisk(dir string) error {
	full, err := unix.Open("/dev/full", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return err
	}
	replaced := 0
	for _, entry := range entries {
		target, err := os.Readlink(filepath.Join("/proc/self/fd", entry.Name()))
		if err != nil || !strings.HasPrefix(target, dir) || !strings.HasSuffix(target, ".wal") {
			continue // the descriptor of ReadDir itself is gone by now
		}
		fd, err := strconv.Atoi(entry.Name())
		if err != nil {
			return err
		}
		if err := unix.Dup2(full, fd); err != nil {
			return err
		}
		replaced++
	}
	if replaced == 0 {
		return errors.New("no log file is open")
	}
	return nil
}

func TestFullDiskStopsServiceAndTellsOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	cmd := child(t, "full disk", dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var acknowledged []int
	for lines := bufio.NewScanner(out); lines.Scan(); {
		i, err := strconv.Atoi(lines.Text())
		if err != nil {
			t.Fatal(err)
		}
		acknowledged = append(acknowledged, i)
	}
	if exit, ok := errors.AsType[*exec.ExitError](cmd.Wait()); !ok || exit.ExitCode() != exitFatal {
		t.Fatalf("the child ended with %v", exit)
	}
	if len(acknowledged) != fullDiskAfter {
		t.Errorf("%d writes were acknowledged, want %d", len(acknowledged), fullDiskAfter)
	}
	if lost := lostWrites(t, dir, acknowledged); len(lost) > 0 {
		t.Errorf("acknowledged writes are lost: %v", lost)
	}
}

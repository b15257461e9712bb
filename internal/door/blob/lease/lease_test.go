package lease_test

import (
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/door/blob/lease"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/objects"
)

const (
	a, b = "a", "b"
	life = 20 * time.Second
)

// TestOutcomes is the table of Lease Blob: each action, in each state, by the holder and by somebody else.
func TestOutcomes(t *testing.T) {
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	now := begin.Add(time.Minute)
	finite := func(at time.Time) *objects.Lease { return &objects.Lease{ID: a, Length: life, Expires: at} }
	broken := func(at time.Time) *objects.Lease { return &objects.Lease{ID: a, Broken: at} }
	states := map[lease.State]objects.Info{
		lease.StateAvailable: {},
		lease.StateLeased:    {Lease: finite(now.Add(time.Second))},
		lease.StateExpired:   {Lease: finite(now)},
		lease.StateBreaking:  {Lease: broken(now.Add(time.Second))},
		lease.StateBroken:    {Lease: broken(now)},
	}
	for state, info := range states {
		info.LastModified = begin
		states[state] = info
		if got := lease.Of(info, now); got != state {
			t.Fatalf("%s is %s", state, got)
		}
		info.LastModified = now.Add(time.Nanosecond)
		want := state
		if state == lease.StateExpired || state == lease.StateBroken {
			want = lease.StateAvailable
		}
		if got := lease.Of(info, now); got != want {
			t.Errorf("%s, written since: %s, want %s", state, got, want)
		}
	}
	ask := map[string]func(objects.Info) error{
		"acquire a": func(i objects.Info) error { _, err := lease.Acquire(i, now, a, life); return err },
		"acquire b": func(i objects.Info) error { _, err := lease.Acquire(i, now, b, 0); return err },
		"renew a":   func(i objects.Info) error { _, err := lease.Renew(i, now, a); return err },
		"renew b":   func(i objects.Info) error { _, err := lease.Renew(i, now, b); return err },
		"change ab": func(i objects.Info) error { _, err := lease.Change(i, now, a, b); return err },
		"change ba": func(i objects.Info) error { _, err := lease.Change(i, now, b, a); return err },
		"change bb": func(i objects.Info) error { _, err := lease.Change(i, now, b, b); return err },
		"release a": func(i objects.Info) error { return lease.Release(i, now, a) },
		"release b": func(i objects.Info) error { return lease.Release(i, now, b) },
		"break":     func(i objects.Info) error { _, _, err := lease.Break(i, now, -1); return err },
		"write":     func(i objects.Info) error { return lease.Permits(i, now, "", true) },
		"write a":   func(i objects.Info) error { return lease.Permits(i, now, a, true) },
		"write b":   func(i objects.Info) error { return lease.Permits(i, now, b, true) },
		"read":      func(i objects.Info) error { return lease.Permits(i, now, "", false) },
		"read a":    func(i objects.Info) error { return lease.Permits(i, now, a, false) },
		"read b":    func(i objects.Info) error { return lease.Permits(i, now, b, false) },
	}
	const ok = fault.Reason("")
	order := []lease.State{lease.StateAvailable, lease.StateLeased, lease.StateExpired, lease.StateBreaking, lease.StateBroken}
	for action, want := range map[string][5]fault.Reason{
		"acquire a": {ok, ok, ok, lease.Breaking, ok},
		"acquire b": {ok, lease.Held, ok, lease.Held, ok},
		"renew a":   {lease.OtherID, ok, ok, lease.Broken, lease.Broken},
		"renew b":   {lease.OtherID, lease.OtherID, lease.OtherID, lease.OtherID, lease.OtherID},
		"change ab": {lease.NotPresent, ok, lease.NotPresent, lease.BreakingChange, lease.NotPresent},
		"change ba": {lease.NotPresent, ok, lease.NotPresent, lease.BreakingChange, lease.NotPresent},
		"change bb": {lease.NotPresent, lease.OtherID, lease.NotPresent, lease.OtherID, lease.NotPresent},
		"release a": {lease.OtherID, ok, ok, ok, ok},
		"release b": {lease.OtherID, lease.OtherID, lease.OtherID, lease.OtherID, lease.OtherID},
		"break":     {lease.NotPresent, ok, ok, ok, ok},
		"write":     {ok, lease.Missing, ok, lease.Missing, ok},
		"write a":   {lease.None, ok, lease.Lost, ok, lease.None},
		"write b":   {lease.None, lease.WrongID, lease.None, lease.WrongID, lease.None},
		"read":      {ok, ok, ok, ok, ok},
		"read a":    {lease.None, ok, lease.Lost, ok, lease.None},
		"read b":    {lease.None, lease.WrongID, lease.None, lease.WrongID, lease.None},
	} {
		for i, state := range order {
			if err := ask[action](states[state]); err == nil && want[i] != ok || err != nil && !fault.Is(err, want[i]) {
				t.Errorf("%s, %s: %v, want %q", state, action, err, want[i])
			}
		}
	}
}

func TestBreakPeriods(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	finite := objects.Info{Lease: &objects.Lease{ID: a, Length: life, Expires: now.Add(15 * time.Second)}}
	infinite := objects.Info{Lease: &objects.Lease{ID: a}}
	breaking := objects.Info{Lease: &objects.Lease{ID: a, Broken: now.Add(10 * time.Second)}}
	over := objects.Info{Lease: &objects.Lease{ID: a, Broken: now.Add(-time.Second)}}
	for _, tc := range []struct {
		what         string
		info         objects.Info
		period, left time.Duration
	}{
		{"finite, none", finite, -1, 15 * time.Second},
		{"finite, short", finite, 5 * time.Second, 5 * time.Second},
		{"finite, long", finite, time.Minute, 15 * time.Second},
		{"infinite, none", infinite, -1, 0},
		{"infinite, some", infinite, 7 * time.Second, 7 * time.Second},
		{"breaking, none", breaking, -1, 10 * time.Second},
		{"breaking, shorter", breaking, 3 * time.Second, 3 * time.Second},
		{"breaking, longer", breaking, time.Minute, 10 * time.Second},
		{"broken", over, time.Minute, 0},
	} {
		l, left, err := lease.Break(tc.info, now, tc.period)
		if err != nil || left != tc.left || l.Broken.After(now.Add(left)) {
			t.Errorf("%s: %v %+v %v", tc.what, left, l, err)
		}
		again := objects.Info{Lease: l}
		if want := map[bool]lease.State{true: lease.StateBreaking, false: lease.StateBroken}[left > 0]; lease.Of(again, now) != want {
			t.Errorf("%s: %s, want %s", tc.what, lease.Of(again, now), want)
		}
	}
}

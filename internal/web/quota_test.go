package web

import (
	"strconv"
	"testing"
	"time"
)

func TestACallerHasSoManyRefusals(t *testing.T) {
	var q quota
	now := time.Unix(1000, 0)
	for i := range refusalBurst {
		if untold, ok := q.take("a", now); !ok || untold != 0 {
			t.Fatalf("refusal %d was not taken", i)
		}
	}
	if _, ok := q.take("a", now); ok {
		t.Error("more than the burst was taken")
	}
	if untold, ok := q.take("b", now); !ok || untold != 0 {
		t.Error("one caller used up another's")
	}
	for i := range 3 * refusalCallers / 2 { // others come and go; what a has used is not forgotten
		q.take(strconv.Itoa(i), now)
		if i%refusalCallers != 0 {
			continue
		}
		if _, ok := q.take("a", now); ok {
			t.Fatal("a caller was forgotten while it kept coming")
		}
	}
	if untold, ok := q.take("a", now.Add(time.Second)); !ok || untold != 3 {
		t.Errorf("after a second: %v, with %d refusals untold, want 3", ok, untold)
	}
	if untold, ok := q.take("a", now.Add(time.Second)); !ok || untold != 0 {
		t.Errorf("what was told is told again: %v, %d", ok, untold)
	}
	if len(q.now) > refusalCallers || len(q.old) > refusalCallers {
		t.Errorf("%d and %d callers are kept", len(q.now), len(q.old))
	}
}

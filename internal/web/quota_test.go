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
		if !q.take("a", now) {
			t.Fatalf("refusal %d was not taken", i)
		}
	}
	if q.take("a", now) {
		t.Error("more than the burst was taken")
	}
	if !q.take("b", now) {
		t.Error("one caller used up another's")
	}
	for i := range 3 * refusalCallers / 2 { // others come and go; what a has used is not forgotten
		q.take(strconv.Itoa(i), now)
		if i%refusalCallers == 0 && q.take("a", now) {
			t.Fatal("a caller was forgotten while it kept coming")
		}
	}
	if !q.take("a", now.Add(time.Second)) {
		t.Error("nothing came back after a second")
	}
	if len(q.now) > refusalCallers || len(q.old) > refusalCallers {
		t.Errorf("%d and %d callers are kept", len(q.now), len(q.old))
	}
}

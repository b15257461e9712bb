package main

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestKeep wants a launch to be renewed long before its hour is over, and after a failure soon and said once.
func TestKeep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		start := time.Now()
		var down atomic.Bool
		var renewed, said []time.Duration
		k := keeper{
			renew: func(context.Context) error {
				renewed = append(renewed, time.Since(start))
				if down.Load() {
					return errors.New("down")
				}
				return nil
			},
			say: func(error) { said = append(said, time.Since(start)) },
		}
		done := make(chan struct{})
		go func() { k.keep(ctx); close(done) }()
		time.Sleep(15 * time.Minute)
		down.Store(true)
		time.Sleep(6*time.Minute - time.Second)
		down.Store(false)
		time.Sleep(11 * time.Minute)
		stop()
		<-done
		want := []time.Duration{10 * time.Minute, 20 * time.Minute, 20*time.Minute + 30*time.Second, 21 * time.Minute, 31 * time.Minute}
		if d := cmp.Diff(want, renewed); d != "" {
			t.Errorf("renewed (-want +got):\n%s", d)
		}
		if d := cmp.Diff(want[1:2], said); d != "" {
			t.Errorf("said (-want +got):\n%s", d)
		}
	})
}

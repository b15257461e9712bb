package etcd

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"go.uber.org/zap"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/store"
)

func TestBridgeLevels(t *testing.T) {
	for _, c := range []struct {
		name  string
		quiet bool
		log   func(*zap.Logger)
		want  string
	}{
		{"information is detail", false, func(l *zap.Logger) { l.Info("said", zap.Int("n", 3)) }, "level=DEBUG msg=said part=test n=3\n"},
		{"detail is dropped", false, func(l *zap.Logger) { l.Debug("said") }, ""},
		{"warning", false, func(l *zap.Logger) { l.Warn("said", zap.Strings("l", []string{"a", "b"})) }, "level=WARN msg=said part=test l=\"[a b]\"\n"},
		{"error", false, func(l *zap.Logger) { l.Error("said", zap.Error(io.ErrUnexpectedEOF)) }, "level=ERROR msg=said part=test error=\"unexpected EOF\"\n"},
		{"error on the way out", true, func(l *zap.Logger) { l.Error("said") }, "level=DEBUG msg=said part=test\n"},
		{"known noise", false, func(l *zap.Logger) { l.Error("failed to update storage version") }, "level=DEBUG msg=\"failed to update storage version\" part=test\n"},
		{"fields of a part", false, func(l *zap.Logger) { l.With(zap.String("of", "raft")).Warn("said") }, "level=WARN msg=said part=test of=raft\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			noTime := func(_ []string, a slog.Attr) slog.Attr {
				if a.Key == slog.TimeKey {
					return slog.Attr{}
				}
				return a
			}
			handler := slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: noTime})
			quiet := new(atomic.Bool)
			quiet.Store(c.quiet)
			c.log(engineLogger(bridge{logger: slog.New(handler).With(slog.String("part", "test")), quiet: quiet}, nil))
			if out.String() != c.want {
				t.Errorf("got %q, want %q", out.String(), c.want)
			}
		})
	}
}

// TestEndingsAreCaught lets the engine's logger say what would end the process.
func TestEndingsAreCaught(t *testing.T) {
	cause := errors.New("disk on fire")
	for name, end := range map[string]func(*zap.Logger){
		"fatal":             func(l *zap.Logger) { l.Fatal("gave up", zap.String("path", "p"), zap.Error(cause)) },
		"panic":             func(l *zap.Logger) { l.Panic("gave up", zap.Error(cause)) },
		"fatal in a part":   func(l *zap.Logger) { l.Named("raft").With(zap.Int("n", 1)).Fatal("gave up", zap.Error(cause)) },
		"formatted by raft": func(l *zap.Logger) { l.Sugar().Panicf("gave %s", "up") },
	} {
		t.Run(name, func(t *testing.T) {
			var got error
			logger := engineLogger(bridge{logger: slog.New(slog.DiscardHandler), quiet: new(atomic.Bool)}, func(err error) {
				got = err
				runtime.Goexit()
			})
			done := make(chan struct{})
			go func() {
				defer close(done)
				end(logger)
				t.Error("the logger came back")
			}()
			<-done
			if got == nil || !strings.HasPrefix(got.Error(), "gave up") || name != "formatted by raft" && !errors.Is(got, cause) {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestSeal(t *testing.T) {
	for _, value := range [][]byte{nil, {}, {0}, []byte("value"), bytes.Repeat([]byte{0xff}, 1000)} {
		sealed := []byte(seal("key", value))
		got, err := unseal([]byte("key"), sealed)
		if err != nil || !bytes.Equal(got, value) || got == nil {
			t.Errorf("%q came back as %q, %v", value, got, err)
		}
		if _, err := unseal([]byte("kez"), sealed); err == nil {
			t.Errorf("%q was found under another key", value)
		}
		for i := range len(sealed) * 8 {
			sealed[i/8] ^= 1 << (i % 8)
			if _, err := unseal([]byte("key"), sealed); err == nil {
				t.Errorf("bit %d of %q went unnoticed", i, value)
			}
			sealed[i/8] ^= 1 << (i % 8)
		}
	}
	for _, short := range [][]byte{nil, {}, {1, 2, 3}} {
		if _, err := unseal([]byte("key"), short); err == nil {
			t.Errorf("%v was taken", short)
		}
	}
}

// TestRefusalOfTheSystemIsNoDamage keeps the advice to restore for what a restore mends.
func TestRefusalOfTheSystemIsNoDamage(t *testing.T) {
	for cause, want := range map[error]fault.Reason{
		syscall.ENOSPC: store.Unavailable, syscall.EMFILE: store.Unavailable, syscall.EACCES: store.Unavailable,
		syscall.ENOENT: store.Corrupt, syscall.EIO: store.Corrupt, errSeal: store.Corrupt,
	} {
		err := damaged(t.TempDir(), fmt.Errorf("start engine: %w", &os.PathError{Op: "open", Path: "db", Err: cause}))
		if !fault.Is(err, want) || !errors.Is(err, cause) {
			t.Errorf("%v: got %v, want %s", cause, err, want)
		}
	}
}

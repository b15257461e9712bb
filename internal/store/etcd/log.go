package etcd

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// bridge carries the engine's log to ours. What the engine calls information is detail here.
type bridge struct {
	logger *slog.Logger
	quiet  *atomic.Bool // set while starting and closing: what the engine then calls a warning or an error is none
}

var _ zapcore.Core = bridge{}

// engineLogger makes the logger that the engine writes to. Where the engine would end the process or panic, ended is
// called instead, with what it said; ended must not return.
func engineLogger(b bridge, ended func(error)) *zap.Logger {
	return zap.New(b, zap.WithFatalHook(endHook(ended)), zap.WithPanicHook(endHook(ended)))
}

// endHook is called after an entry of level Fatal or Panic.
type endHook func(error)

// OnWrite hands the entry's words on.
func (h endHook) OnWrite(entry *zapcore.CheckedEntry, fields []zapcore.Field) {
	h(entryError(entry.Entry, fields))
}

// entryError makes an error of a log entry, with the error among its fields as the cause.
func entryError(entry zapcore.Entry, fields []zapcore.Field) error {
	for _, field := range fields {
		if cause, ok := field.Interface.(error); ok && field.Type == zapcore.ErrorType {
			return fmt.Errorf("%s: %w", entry.Message, cause)
		}
	}
	return errors.New(entry.Message)
}

// level is the level at which an entry goes on.
func (b bridge) level(entry zapcore.Entry) slog.Level {
	switch {
	case b.quiet.Load(), entry.Level < zapcore.WarnLevel, startsItself(entry.Message):
		return slog.LevelDebug
	case entry.Level == zapcore.WarnLevel:
		return slog.LevelWarn
	}
	return slog.LevelError
}

// startsItself knows two messages of the engine's first seconds: it tries to note its version before it has a term to
// note it with, calls that an error, and succeeds a little later.
func startsItself(message string) bool {
	return message == "Failed to detect schema version" || message == "failed to update storage version"
}

// Enabled says whether entries of that level may be written; Check decides.
func (b bridge) Enabled(level zapcore.Level) bool { return level >= zapcore.InfoLevel }

// With adds fields to all later entries.
func (b bridge) With(fields []zapcore.Field) zapcore.Core {
	b.logger = slog.New(b.logger.Handler().WithAttrs(attrs(fields)))
	return b
}

// Check adds the bridge to the cores that write the entry.
func (b bridge) Check(entry zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if b.Enabled(entry.Level) && b.logger.Enabled(context.Background(), b.level(entry)) {
		return checked.AddCore(entry, b)
	}
	return checked
}

// Write writes one entry.
func (b bridge) Write(entry zapcore.Entry, fields []zapcore.Field) error {
	b.logger.LogAttrs(context.Background(), b.level(entry), entry.Message, attrs(fields)...)
	return nil
}

// Sync has nothing to do: slog does not buffer.
func (bridge) Sync() error { return nil }

// attrs turns zap's fields into slog's.
func attrs(fields []zapcore.Field) []slog.Attr {
	encoder := zapcore.NewMapObjectEncoder()
	for _, field := range fields {
		field.AddTo(encoder)
	}
	list := make([]slog.Attr, 0, len(encoder.Fields))
	for _, field := range fields {
		if value, ok := encoder.Fields[field.Key]; ok {
			list = append(list, slog.Any(field.Key, value))
		}
	}
	return list
}

// Package screen lays out what people read: tables, pairs, times, sizes, and the progress of long work.
//
// It owns the one place where text that strangers wrote becomes text for a terminal. It never prints by itself but to a
// writer that it is given, uses no colours, and writes progress only where somebody looks on.
package screen

package server

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// widePages lets the next bytes that the heap grows by lie on pages of 2 MiB, where the kernel has them and leaves them to
// who asks (transparent huge pages, by default). A start touches hundreds of megabytes for the first time, and the kernel
// clears each page when it is touched: with pages of 4 KiB that was a fifth of a large start's processor time. A server at
// work gives pages back when it rests and touches them anew under the next load, which was a fifth of an exchange's time.
//
// Go has no call for it. Its heap lies at fixed addresses, so the space is taken as one object, marked, and let go before
// anything is written: it costs addresses until it is used. A kernel that refuses changes nothing but the time.
func widePages(bytes int64) {
	space := make([]byte, bytes)
	_ = unix.Madvise(space, unix.MADV_HUGEPAGE) // a hint
	runtime.GC()                                // the space is free for other objects from here on
}

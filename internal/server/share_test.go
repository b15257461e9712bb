package server

import "testing"

// TestShareLeavesDescriptors wants the keepers to have theirs however many connections and requests the doors are given.
func TestShareLeavesDescriptors(t *testing.T) {
	for _, tc := range []struct{ descriptors, want int64 }{{0, 1}, {256, 1}, {1024, 76}, {20000, 1974}, {1 << 20, maxShare}} {
		got := share(tc.descriptors)
		if got != tc.want {
			t.Errorf("of %d descriptors each gets %d, want %d", tc.descriptors, got, tc.want)
		}
		if all := got * int64(len(places())+3); tc.descriptors > 2*keptDescriptors && all > tc.descriptors-keptDescriptors {
			t.Errorf("of %d descriptors the doors get %d", tc.descriptors, all)
		}
	}
	if n := descriptors(); n < 1 || n > maxDescriptors {
		t.Errorf("the process has %d descriptors", n)
	}
}

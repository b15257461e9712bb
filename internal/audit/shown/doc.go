// Package shown makes texts that callers chose fit to be shown to people.
//
// It owns what is escaped, cut and withheld. It never knows which texts those are.
package shown

// Package diskfile is the file that the audit appends to.
//
// It owns how an append becomes durable at the least cost: room that is kept ahead, a length that is written ahead, and a
// flush of the data alone. It never knows what is written.
package diskfile

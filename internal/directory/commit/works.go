package commit

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/lanyard-id/lanyard/internal/store"
	"github.com/lanyard-id/lanyard/internal/view"
)

// partSize is how many values are decoded at a time: so few that all cores end at about the same time.
const partSize = 2_000

// works decodes values on all cores while they are told, and makes a View of what is left of them at the end. Its methods
// are for one goroutine.
//
// Values are decoded whether or not they will be dropped: which are is known only at the end, and most are not.
type works struct {
	parts   []*part    // all that there are; the last one is being filled
	dropped []int      // places in parts that are still being decoded
	rooms   chan *room // those that nobody uses
	decodes chan *part
	readers sync.WaitGroup
	over    chan struct{} // closed when loader and err are complete
	loader  *view.Loader
	err     error
}

// room is what values lie in until they are decoded. A few of them are used again and again: memory that is touched for
// the first time is the dearest part of a start.
type room struct {
	kvs   []store.KV
	bytes []byte
}

// part is a run of values, and the records that they became.
type part struct {
	room    *room         // nil once it is decoded
	records []view.Record // nil is one that was dropped, or is wrong
	wrong   map[int]error
	decoded atomic.Bool
}

func newWorks() *works {
	cores := runtime.GOMAXPROCS(0)
	w := &works{
		rooms: make(chan *room, 2*cores), decodes: make(chan *part, 2*cores), over: make(chan struct{}), loader: view.NewLoader(),
	}
	for range cap(w.rooms) {
		w.rooms <- new(room)
	}
	for range cores {
		w.readers.Go(w.decode)
	}
	return w
}

// put copies a value. It waits while all rooms are in use.
func (w *works) put(kv store.KV) (place int) {
	if len(w.parts) == 0 || len(w.parts[len(w.parts)-1].room.kvs) == partSize {
		w.handOver()
		w.parts = append(w.parts, &part{room: <-w.rooms})
	}
	r := w.parts[len(w.parts)-1].room
	at := len(r.bytes)
	r.bytes = append(r.bytes, kv.Value...)
	kv.Value = r.bytes[at:len(r.bytes):len(r.bytes)]
	r.kvs = append(r.kvs, kv)
	return (len(w.parts)-1)*partSize + len(r.kvs) - 1
}

// handOver gives the last part to those that decode.
func (w *works) handOver() {
	if len(w.parts) > 0 {
		w.decodes <- w.parts[len(w.parts)-1]
	}
	w.settle()
}

func (w *works) drop(place int) { w.dropped = append(w.dropped, place) }

// settle takes dropped records out of the parts that are decoded.
func (w *works) settle() {
	w.dropped = slices.DeleteFunc(w.dropped, func(place int) bool {
		p := w.parts[place/partSize]
		if !p.decoded.Load() {
			return false
		}
		p.records[place%partSize] = nil
		delete(p.wrong, place%partSize)
		return true
	})
}

// end says that all was put and dropped. The records are entered when all are decoded.
func (w *works) end() {
	w.handOver()
	close(w.decodes)
	go w.load()
}

// wait gives the loader when everything is in it.
func (w *works) wait() (*view.Loader, error) {
	<-w.over
	return w.loader, w.err
}

// decode reads parts until there are no more.
func (w *works) decode() {
	var d view.Decoder
	for p := range w.decodes {
		p.decode(&d)
		w.rooms <- p.room
		p.room = nil
		p.decoded.Store(true)
	}
}

func (p *part) decode(d *view.Decoder) {
	p.records = make([]view.Record, len(p.room.kvs))
	for i, kv := range p.room.kvs {
		r, err := d.Decode(view.Change{Key: kv.Key, Value: kv.Value, Rev: kv.Rev})
		if err == nil {
			p.records[i] = r
			continue
		}
		if p.wrong == nil {
			p.wrong = make(map[int]error)
		}
		p.wrong[i] = fmt.Errorf("decode records: %w", err)
	}
	p.room.kvs, p.room.bytes = p.room.kvs[:0], p.room.bytes[:0]
}

// load enters all records that are left into the loader: each half of its tables in a goroutine of its own.
func (w *works) load() {
	defer close(w.over)
	w.readers.Wait()
	w.settle()
	for _, p := range w.parts {
		for _, err := range p.wrong {
			w.err = err
			return
		}
		p.records = slices.DeleteFunc(p.records, func(r view.Record) bool { return r == nil })
	}
	var placing sync.WaitGroup
	placing.Go(func() {
		for _, p := range w.parts {
			w.loader.Place(p.records)
		}
	})
	for _, p := range w.parts {
		if w.err = w.loader.Enter(p.records); w.err != nil {
			break
		}
	}
	placing.Wait()
}

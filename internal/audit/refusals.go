package audit

import (
	"net/netip"
	"sync"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// foldKey is what makes refusals alike. Everything in it comes from closed sets but the network, whose number is bounded.
type foldKey struct {
	door, operation, wire string
	reason                fault.Reason
	network               netip.Prefix
}

// fold is the refusals of one kind in one window.
type fold struct {
	last    Record
	repeats int64 // refusals since the window began that are in no record yet
}

// folder folds the refusals of strangers, so that a flood costs a bounded number of records.
type folder struct {
	sources int
	first   chan Record // first of their kind, for the writer
	recent  *ring

	mu      sync.Mutex // guards what follows
	folds   map[foldKey]*fold
	seen    uint64
	dropped int64 // refusals that no record tells of yet
	lost    uint64
}

func newFolder(opt Options) *folder {
	return &folder{
		sources: opt.FoldSources,
		first:   make(chan Record, 2*opt.FoldSources),
		recent:  newRing(opt.Recent),
		folds:   map[foldKey]*fold{},
	}
}

// Refuse records that somebody who proved nothing was refused. It never waits for the disk and never fails: the first
// refusal of a kind is written soon, those like it are counted and written as one when the window ends. Each stays in
// memory for a while, so that Find can explain it.
func (l *Log) Refuse(rec Record) {
	if rec.Outcome == "" {
		rec.Outcome = Refused
	}
	l.stamp(&rec, RefusalsStream)
	rec.detach()
	l.folds.recent.put(&rec)
	l.folds.add(rec)
}

// add counts rec, or hands it to the writer when it is the first of its kind in this window.
func (f *folder) add(rec Record) {
	key := foldKey{rec.Door, rec.Operation, rec.Wire, rec.Reason, network(rec.Remote)}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seen++
	known := f.find(&key)
	if known != nil {
		known.repeats++
		known.last = rec
		return
	}
	select {
	case f.first <- rec:
		f.folds[key] = &fold{}
	default: // the writer is behind: it goes into the record that ends the window
		f.folds[key] = &fold{last: rec, repeats: 1}
	}
}

// find looks for a fold of this key. When too many networks ask, those that come later share one fold a door and
// reason; should even these be too many, one for all.
func (f *folder) find(key *foldKey) *fold {
	if known, ok := f.folds[*key]; ok {
		return known
	}
	if len(f.folds) >= f.sources/2 {
		key.network = netip.Prefix{}
	}
	if known, ok := f.folds[*key]; ok {
		return known
	}
	if len(f.folds) >= f.sources-1 {
		*key = foldKey{}
	}
	return f.folds[*key]
}

// network is the neighbourhood of an address: /24, or /48 of IPv6.
func network(a netip.Addr) netip.Prefix {
	a = a.Unmap()
	bits := 24
	if a.Is6() {
		bits = 48
	}
	p, err := a.WithZone("").Prefix(bits)
	if err != nil { // no address: a unix socket
		return netip.Prefix{}
	}
	return p
}

// endWindow gives one record for each fold that counted something, and begins a new window.
func (f *folder) endWindow() []Record {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []Record
	for key, fd := range f.folds {
		if fd.repeats == 0 {
			continue
		}
		rec := fd.last
		rec.Repeats = fd.repeats - 1
		if !key.network.IsValid() { // the fold holds many sources; one of them must not stand for all
			rec.Remote = netip.Addr{}
		}
		out = append(out, rec)
	}
	f.folds = make(map[foldKey]*fold, len(f.folds))
	if len(out) > 0 {
		out[0].Dropped, f.dropped = f.dropped, 0
	}
	return out
}

// lose counts refusals that could not be written; the next record says how many.
func (f *folder) lose(recs ...Record) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, rec := range recs {
		f.dropped += 1 + rec.Repeats + rec.Dropped
		f.lost += uint64(1 + rec.Repeats) //nolint:gosec // counts are not negative
	}
}

// writeRefusals is the one goroutine that writes the refusals stream.
func (l *Log) writeRefusals() {
	defer close(l.folded)
	window := time.NewTicker(l.opt.FoldWindow)
	defer window.Stop()
	for {
		select {
		case rec := <-l.folds.first:
			l.keepRefusals(l.folds.waiting(rec))
		case <-window.C:
			l.keepRefusals(l.folds.endWindow())
		case <-l.closing:
			l.keepRefusals(l.folds.waiting())
			l.keepRefusals(l.folds.endWindow())
			return
		}
	}
}

// waiting adds to recs all first refusals that are there.
func (f *folder) waiting(recs ...Record) []Record {
	for {
		select {
		case rec := <-f.first:
			recs = append(recs, rec)
		default:
			return recs
		}
	}
}

// keepRefusals writes recs, at most half a segment with one sync.
func (l *Log) keepRefusals(recs []Record) {
	var batch []Record
	var bodies [][]byte
	size := 0
	for _, rec := range recs {
		body, err := encodeBody(&rec)
		if err != nil { // a time that JSON has no form for
			l.folds.lose(rec)
			continue
		}
		batch, bodies, size = append(batch, rec), append(bodies, body), size+len(body)
		if int64(size) > l.refusals.opt.segmentBytes/2 {
			l.keepBatch(batch, bodies)
			batch, bodies, size = nil, nil, 0
		}
	}
	l.keepBatch(batch, bodies)
}

// keepBatch writes recs, whose bodies are given, with one sync; what cannot be written is counted.
func (l *Log) keepBatch(recs []Record, bodies [][]byte) {
	if len(recs) == 0 {
		return
	}
	if err := l.refusals.append(bodies...); err != nil {
		l.refusals.trouble("refusals: " + err.Error())
		l.folds.lose(recs...)
	}
}

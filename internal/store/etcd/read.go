package etcd

import (
	"context"
	"errors"
	"iter"

	"go.etcd.io/etcd/api/v3/mvccpb"
	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/store"
)

// Get reads one key. With one member, what was acknowledged is applied there, so its own state is the newest.
func (s *Store) Get(ctx context.Context, key string) (store.KV, error) {
	answer, err := s.read(ctx, dataPrefix+key, clientv3.WithSerializable())
	if err != nil {
		return store.KV{}, err
	}
	if len(answer.Kvs) == 0 {
		return store.KV{}, fault.New(fault.NotFound, store.NotFound, "there is no such key")
	}
	return s.toKV(answer.Kvs[0])
}

// List reads a page of keys.
func (s *Store) List(ctx context.Context, prefix, from string, rev int64, limit int) (store.Page, error) {
	if err := store.CheckList(prefix, from, rev, limit); err != nil {
		return store.Page{}, err
	}
	answer, err := s.read(ctx, dataPrefix+max(prefix, from), clientv3.WithSerializable(), clientv3.WithRev(rev),
		clientv3.WithLimit(int64(limit)), clientv3.WithRange(clientv3.GetPrefixRangeEnd(dataPrefix+prefix)))
	switch {
	case errors.Is(err, rpctypes.ErrCompacted):
		return store.Page{}, compacted(rev)
	case errors.Is(err, rpctypes.ErrFutureRev):
		return store.Page{}, fault.New(fault.Invalid, store.Invalid, "revision %d is not reached yet", rev)
	case err != nil:
		return store.Page{}, err
	case rev == 0:
		rev = answer.Header.Revision
	}
	page := store.Page{Rev: rev, KVs: make([]store.KV, 0, len(answer.Kvs))}
	for _, record := range answer.Kvs {
		kv, err := s.toKV(record)
		if err != nil {
			return store.Page{}, err
		}
		page.KVs = append(page.KVs, kv)
	}
	if answer.More {
		page.Next = page.KVs[len(page.KVs)-1].Key + "\x00"
	}
	return page, nil
}

// read asks the engine for a range of keys.
func (s *Store) read(ctx context.Context, key string, options ...clientv3.OpOption) (*clientv3.GetResponse, error) {
	leave, err := s.enter()
	if err != nil {
		return nil, err
	}
	defer leave()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	bound, release := bind(ctx, s.failed, s.over)
	defer release()
	answer, err := s.client.Get(bound, key, options...)
	if err != nil {
		return nil, s.readFault(ctx, err)
	}
	return answer, nil
}

// readFault explains why the engine did not answer a read or a watch: the store, the caller, or the engine itself.
func (s *Store) readFault(ctx context.Context, err error) error {
	switch {
	case s.failed.Err() != nil:
		return s.failure()
	case s.over.Err() != nil:
		return closedFault()
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return unavailable(err)
}

// toKV takes a record of the engine apart. A record with a wrong checksum ends the store's service.
func (s *Store) toKV(record *mvccpb.KeyValue) (store.KV, error) {
	value, err := unseal(record.Key, record.Value)
	if err != nil {
		s.distrust(err)
		return store.KV{}, corrupt(s.config.Dir, err)
	}
	return store.KV{Key: string(record.Key[len(dataPrefix):]), Value: value, Rev: record.ModRevision}, nil
}

// Watch gives every change under prefix from fromRev on.
func (s *Store) Watch(ctx context.Context, prefix string, fromRev int64) iter.Seq2[store.Batch, error] {
	return func(yield func(store.Batch, error) bool) {
		if err := s.watch(ctx, prefix, fromRev, yield); err != nil {
			yield(store.Batch{}, err)
		}
	}
}

// watch yields batches until the consumer breaks (nil) or the watch ends (why).
func (s *Store) watch(ctx context.Context, prefix string, fromRev int64, yield func(store.Batch, error) bool) error {
	if err := store.CheckWatch(prefix, fromRev); err != nil {
		return err
	}
	leave, err := s.enter()
	if err != nil {
		return err
	}
	dropped := s.compactedRev()
	leave() // at once: a consumer may close the store while it watches, and Close waits for those who entered
	if fromRev <= dropped {
		return compacted(fromRev)
	}
	bound, release := bind(ctx, s.failed, s.over)
	defer release()
	answers := s.client.Watch(bound, dataPrefix+prefix, clientv3.WithPrefix(), clientv3.WithRev(fromRev))
	for answer := range answers {
		if answer.CompactRevision != 0 {
			return compacted(fromRev)
		}
		if err := answer.Err(); err != nil {
			return s.readFault(ctx, err)
		}
		if goOn, err := s.yieldBatches(answer.Events, yield); !goOn || err != nil {
			return err
		}
	}
	return s.readFault(ctx, errors.New("the engine ended the watch"))
}

// yieldBatches cuts an answer into its revisions. The engine never spreads one revision over two answers.
func (s *Store) yieldBatches(events []*clientv3.Event, yield func(store.Batch, error) bool) (goOn bool, err error) {
	for len(events) > 0 {
		batch := store.Batch{Rev: events[0].Kv.ModRevision}
		for len(events) > 0 && events[0].Kv.ModRevision == batch.Rev {
			event, err := s.toEvent(events[0])
			if err != nil {
				return false, err
			}
			batch.Events = append(batch.Events, event)
			events = events[1:]
		}
		if !yield(batch, nil) {
			return false, nil
		}
	}
	return true, nil
}

func (s *Store) toEvent(event *clientv3.Event) (store.Event, error) {
	if event.Type == clientv3.EventTypeDelete {
		return store.Event{Key: string(event.Kv.Key[len(dataPrefix):]), Deleted: true, Rev: event.Kv.ModRevision}, nil
	}
	kv, err := s.toKV(event.Kv)
	return store.Event{Key: kv.Key, Value: kv.Value, Rev: kv.Rev}, err
}

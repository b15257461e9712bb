package etcd

import (
	"context"
	"errors"

	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/store"
)

// Txn compares and writes at one revision.
//
// Once sent, it is seen through to its end: the engine answers within about five seconds, with the outcome or with a
// doubt, and a doubt ends the store's service.
func (s *Store) Txn(ctx context.Context, compares []store.Compare, ops []store.Op) (int64, error) {
	leave, err := s.enter()
	if err != nil {
		return 0, err
	}
	defer leave()
	s.defrag.RLock()
	defer s.defrag.RUnlock()
	if err := store.CheckTxn(ctx, compares, ops); err != nil { // after the lock: it may have taken long
		return 0, err
	}
	if err := s.checkQuota(ops); err != nil {
		return 0, err
	}
	bound, release := bind(context.WithoutCancel(ctx), s.failed)
	defer release()
	answer, err := s.client.Txn(bound).If(toCompares(compares)...).Then(toOps(ops)...).Commit()
	switch {
	case errors.Is(err, rpctypes.ErrTooManyRequests): // said before the engine takes it in
		return 0, fault.New(fault.Throttled, store.NotSent, "the store has too much to do").Because(err)
	case err != nil:
		s.distrust(err)
		return 0, s.failure()
	case s.failed.Err() != nil: // an answer may overtake the failure of its own sync: it is not believed
		return 0, s.failure()
	case !answer.Succeeded:
		return 0, fault.New(fault.Conflict, store.Conflict, "somebody else changed it meanwhile")
	}
	return answer.Header.Revision, nil
}

// checkQuota refuses to grow a store that is full. Deletions pass: they are the way out.
func (s *Store) checkQuota(ops []store.Op) error {
	size := s.server.Server.Backend().Size()
	for _, op := range ops {
		if !op.Delete && size+store.MaxTxnBytes > s.config.QuotaBytes {
			return fault.New(fault.Unavailable, store.Full, "the store is full (%d of %d bytes)", size, s.config.QuotaBytes)
		}
	}
	return nil
}

func toCompares(compares []store.Compare) []clientv3.Cmp {
	list := make([]clientv3.Cmp, 0, len(compares))
	for _, c := range compares { // the engine gives an absent key revision 0
		list = append(list, clientv3.Compare(clientv3.ModRevision(dataPrefix+c.Key), "=", c.Rev))
	}
	return list
}

func toOps(ops []store.Op) []clientv3.Op {
	list := make([]clientv3.Op, 0, len(ops))
	for _, op := range ops {
		key := dataPrefix + op.Key
		if op.Delete {
			list = append(list, clientv3.OpDelete(key))
		} else {
			list = append(list, clientv3.OpPut(key, seal(key, op.Value)))
		}
	}
	return list
}

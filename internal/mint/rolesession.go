package mint

import (
	"context"
	"time"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// RoleRequest asks for the credentials of the role that a workload has, after access has decided that its service may
// assume the role.
type RoleRequest struct {
	Workload *view.AWSResource
	Role     *view.Role   // that is bound to it
	Record   audit.Record // what the door knows of the request; mint adds what it issued
}

// roleKey is all that a workload's session is made from. The role's revision tells of a revocation too.
type roleKey struct {
	workload name.GUID
	role     string
	roleRev  int64
	inc      string
}

// serveLeft is what credentials of a workload have left at least when they are served: clients that find less than
// fifteen minutes refresh at each call, and one of them goes on using credentials for ten minutes after it found them
// too old. A role that an operator bounds to less than an hour gives half of what it allows.
const serveLeft = 30 * time.Minute

// Role gives a workload a session of its role: one that was issued before if it holds and has enough time left, else a
// new one. It ends when it says, with the role, with the workload, and when the workload is bound to another role.
func (m *Mint) Role(ctx context.Context, v *view.View, req RoleRequest) (IssuedSession, error) {
	if err := open(v); err != nil {
		return IssuedSession{}, err
	}
	key := roleKey{req.Workload.UID, req.Role.UniqueID, req.Role.Rev, v.Installation().Incarnation}
	rec, now := req.Record, m.Now()
	rec.Account, rec.Rev = req.Role.ARN.Account(), v.Rev()
	s, ok := m.roles.get(key, func(s IssuedSession) bool {
		if _, err := s.Live(v, now); err != nil {
			return false
		}
		return !s.Issued.After(now) && s.Expires.Sub(now) >= min(serveLeft, s.Expires.Sub(s.Issued)/2)
	})
	if ok {
		rec.Outcome, rec.TokenID = audit.Reissued, s.KeyID
		m.Ledger.Access(rec)
		return s, nil
	}
	return m.roles.once(ctx, key, func() (IssuedSession, error) {
		// Durable for all who wait for it: not only while the first of them does.
		return m.Session(context.WithoutCancel(ctx), v, SessionRequest{
			Role: req.Role, Name: req.Workload.Name(), Origin: req.Workload.UID, Record: rec,
		})
	})
}

package mint

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// function puts a role and a workload that has it into the works.
func (w *works) function(t *testing.T, maxLifetime int) RoleRequest {
	t.Helper()
	account, err := name.ParseAccountID("111122223333")
	if err != nil {
		t.Fatal(err)
	}
	arn := func(text string) name.ARN {
		a, err := name.ParseARN(text)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	w.put(t, &view.Account{ID: account, Name: "home"})
	w.put(t, &view.Role{
		ARN: arn("arn:aws:iam::111122223333:role/r"), UniqueID: "AROAEXAMPLE00001", Path: "/", Name: "r", MaxSession: 3600,
		MaxLifetime: maxLifetime, Trust: `{"Version":"2012-10-17","Statement":[]}`,
	})
	f := &view.AWSResource{ARN: arn("arn:aws:lambda:us-east-2:111122223333:function:f"), UID: name.NewGUID(), Kind: "lambda:function", Role: "AROAEXAMPLE00001"}
	w.put(t, f)
	return w.current(f.UID)
}

// current is the request as the View has its parts now.
func (w *works) current(uid name.GUID) RoleRequest {
	f, _ := w.view.AWSWorkload(uid)
	role, _ := w.view.RoleByID("AROAEXAMPLE00001")
	return RoleRequest{Workload: f, Role: role}
}

// TestWire02WorkloadsHaveHalfAnHour: what is served has thirty minutes left at least, is made once until then, and says
// whose it is.
func TestWire02WorkloadsHaveHalfAnHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorks(t)
		req := w.function(t, 0)
		first, err := w.Role(t.Context(), w.view, req)
		if err != nil {
			t.Fatal(err)
		}
		if first.Name != "f" || first.Origin != req.Workload.UID || first.Expires.Sub(first.Issued) != time.Hour {
			t.Errorf("%+v", first.Session)
		}
		for passed := time.Duration(0); passed < 3*time.Hour; passed += time.Minute {
			s, err := w.Role(t.Context(), w.view, req)
			if err != nil {
				t.Fatal(err)
			}
			if left := time.Until(s.Expires); left < 30*time.Minute {
				t.Fatalf("after %s: %s left", passed, left)
			}
			time.Sleep(time.Minute)
		}
		if n := len(w.ledger.issued); n < 5 || n > 7 {
			t.Errorf("%d sessions in three hours", n)
		}
	})
}

// TestShortRolesGiveHalf: where an operator bounds a role below half an hour, what is served has half of that left.
func TestShortRolesGiveHalf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorks(t)
		req := w.function(t, 600)
		for range 40 {
			s, err := w.Role(t.Context(), w.view, req)
			if err != nil {
				t.Fatal(err)
			}
			if left := time.Until(s.Expires); left < 5*time.Minute {
				t.Fatalf("%s left", left)
			}
			time.Sleep(time.Minute)
		}
		if n := len(w.ledger.issued); n < 7 || n > 9 {
			t.Errorf("%d sessions in forty minutes", n)
		}
	})
}

// TestWhatMakesAWorkloadsSessionAnotherOne: a revocation and another role are seen at the next request.
func TestWhatMakesAWorkloadsSessionAnotherOne(t *testing.T) {
	w := newWorks(t)
	req := w.function(t, 0)
	first, err := w.Role(t.Context(), w.view, req)
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := w.Role(t.Context(), w.view, req); again.KeyID != first.KeyID {
		t.Error("made twice")
	}
	revoked := *req.Role
	revoked.RevokedAt = w.view.Rev() + 1
	w.put(t, &revoked)
	if _, err := first.Live(w.view, time.Now()); err == nil {
		t.Error("a session outlives the revocation of its role")
	}
	second, err := w.Role(t.Context(), w.view, w.current(req.Workload.UID))
	if err != nil || second.KeyID == first.KeyID {
		t.Errorf("served again after a revocation: %v", err)
	}
	if _, err := second.Live(w.view, time.Now()); err != nil {
		t.Error(err)
	}
	unbound := *req.Workload
	unbound.Role = ""
	w.put(t, &unbound)
	if _, err := second.Live(w.view, time.Now()); err == nil {
		t.Error("a session outlives the binding that gave it")
	}
	chained := *second.Session
	chained.RoleID, chained.Chain = "AROAEXAMPLE00001", []string{"AROAEXAMPLE00001"}
	if _, err := chained.Live(w.view, time.Now()); err == nil {
		t.Error("a chained session outlives the binding that it began with")
	}
	bound := *req.Workload
	w.put(t, &bound)
	if _, err := chained.Live(w.view, time.Now()); err != nil {
		t.Errorf("a chained session of a bound workload: %v", err)
	}
	gone := *req.Workload
	gone.UID = name.NewGUID()
	w.put(t, &gone)
	if _, err := second.Live(w.view, time.Now()); err == nil {
		t.Error("a session outlives its workload")
	}
}

// TestRoleIsNotServedUnrecorded: what the ledger does not take is not given away.
func TestRoleIsNotServedUnrecorded(t *testing.T) {
	w := newWorks(t)
	req := w.function(t, 0)
	w.ledger.fail = errors.New("full")
	if s, err := w.Role(t.Context(), w.view, req); err == nil || s.Session != nil {
		t.Errorf("%+v, %v", s, err)
	}
	w.ledger.fail = nil
	held := *w.view.Installation()
	held.Held = true
	w.put(t, &held)
	if _, err := w.Role(t.Context(), w.view, req); !fault.Is(err, Held) {
		t.Errorf("%v", err)
	}
	if _, err := w.HostToken(w.view, "p", time.Minute); !fault.Is(err, Held) {
		t.Errorf("%v", err)
	}
}

func TestHostTokens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorks(t)
		token, err := w.HostToken(w.view, "one", time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if !w.HostTokenHolds(w.view, "one", token.Reveal()) {
			t.Error("it does not hold")
		}
		if w.HostTokenHolds(w.view, "two", token.Reveal()) {
			t.Error("it holds for another workload")
		}
		restored := *w.view.Installation()
		restored.Incarnation = "other"
		before := w.view
		w.put(t, &restored)
		if w.HostTokenHolds(w.view, "one", token.Reveal()) {
			t.Error("it holds in another incarnation")
		}
		w.view = before
		for i := range len(token) {
			changed := []byte(token.Reveal())
			if changed[i]++; w.HostTokenHolds(w.view, "one", string(changed)) {
				t.Errorf("changed at %d, it holds", i)
			}
		}
		for _, bad := range []string{"", "x", token.Reveal() + "A", token.Reveal()[1:], token.Reveal()[:53] + "\n"} {
			if w.HostTokenHolds(w.view, "one", bad) {
				t.Errorf("%q holds", bad)
			}
		}
		time.Sleep(59 * time.Second)
		if !w.HostTokenHolds(w.view, "one", token.Reveal()) {
			t.Error("it ended early")
		}
		time.Sleep(time.Second)
		if w.HostTokenHolds(w.view, "one", token.Reveal()) {
			t.Error("it holds when it is over")
		}
	})
}

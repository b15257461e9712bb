package workload

import (
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

const account = "111122223333"

// trusting is a trust policy that lets a service in, under more conditions.
func trusting(service, condition string) string {
	return `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"` + service + `"},"Action":"sts:AssumeRole"` + condition + `}}`
}

func role(t *testing.T, called, id, trust string) *view.Role {
	t.Helper()
	return &view.Role{ARN: arn(t, "arn:aws:iam::"+account+":role/"+called), UniqueID: id, Path: "/", Name: called, MaxSession: 3600, Trust: trust}
}

func arn(t *testing.T, text string) name.ARN {
	t.Helper()
	a, err := name.ParseARN(text)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// house is a View that commands change.
type house struct {
	*testing.T
	v *view.View
}

func newHouse(t *testing.T) *house {
	t.Helper()
	home, err := name.ParseAccountID(account)
	if err != nil {
		t.Fatal(err)
	}
	other := arn(t, "arn:aws:iam::444455556666:role/far")
	v, err := view.Load(7, stored(t,
		&view.Installation{Incarnation: "one"}, &view.Account{ID: home, Name: "home"}, &view.Account{ID: other.Account(), Name: "other"},
		role(t, "lambda", "AROALAMBDA0000000", trusting("lambda.amazonaws.com", "")),
		role(t, "ec2", "AROAEC20000000000", trusting("ec2.amazonaws.com", "")),
		role(t, "tasks", "AROATASKS00000000", trusting("ecs-tasks.amazonaws.com", "")),
		role(t, "a-only", "AROAAONLY00000000", trusting("lambda.amazonaws.com",
			`,"Condition":{"ArnEquals":{"aws:SourceArn":"arn:aws:lambda:us-east-2:`+account+`:function:a"},"StringEquals":{"aws:SourceAccount":"`+account+`"}}`)),
		role(t, "account", "AROAACCOUNT000000", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"`+account+`"},"Action":"sts:AssumeRole"}}`),
		role(t, "everybody", "AROAEVERYBODY0000", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRoleWithWebIdentity"}}`),
		&view.Role{ARN: other, UniqueID: "AROAFAR0000000000", Path: "/", Name: "far", MaxSession: 3600, Trust: trusting("lambda.amazonaws.com", "")},
	))
	if err != nil {
		t.Fatal(err)
	}
	return &house{t, v}
}

// stored gives records as they come out of the store.
func stored(t *testing.T, records ...view.Record) (out []view.Record) {
	t.Helper()
	for _, r := range records {
		c, err := view.Put(r)
		if err != nil {
			t.Fatal(err)
		}
		back, err := view.Decode(c)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, back)
	}
	return out
}

func (h *house) do(command directory.Command) error {
	next, _, err := directory.Try(h.v, time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), command)
	if err == nil {
		h.v = next
	}
	return err
}

func (h *house) put(workload, bound string) error {
	h.Helper()
	s := Spec{ARN: arn(h.T, workload)}
	if bound != "" {
		s.Role = arn(h.T, bound)
	}
	return h.do(func(e *directory.Edit) error { _, err := Put(e, s); return err })
}

func (h *house) bound(workload string) string {
	h.Helper()
	w, ok := h.v.AWSResource(arn(h.T, workload))
	if !ok {
		h.Fatalf("there is no %s", workload)
	}
	return w.Role
}

const (
	functionA = "arn:aws:lambda:us-east-2:" + account + ":function:a"
	functionB = "arn:aws:lambda:us-east-2:" + account + ":function:b"
	instance  = "arn:aws:ec2:us-east-2:" + account + ":instance/i-1"
	task      = "arn:aws:ecs:us-east-2:" + account + ":task/cluster/t"
	roleOf    = "arn:aws:iam::" + account + ":role/"
)

// TestBindingWantsTheService: a role is bound only to what its trust policy lets in.
func TestBindingWantsTheService(t *testing.T) {
	for _, tc := range []struct {
		workload, role string
		why            fault.Reason
	}{
		{functionA, "lambda", ""},
		{instance, "ec2", ""},
		{task, "tasks", ""},
		{functionA, "a-only", ""},
		{functionB, "a-only", RoleUntrusting},
		{functionA, "ec2", RoleUntrusting},
		{instance, "lambda", RoleUntrusting},
		{task, "lambda", RoleUntrusting},
		{functionA, "account", RoleUntrusting},
		{functionA, "everybody", RoleUntrusting},
		{functionA, "nobody", directory.RoleNotFound},
	} {
		h := newHouse(t)
		err := h.put(tc.workload, roleOf+tc.role)
		if (err == nil) != (tc.why == "") || tc.why != "" && !fault.Is(err, tc.why) {
			t.Errorf("%s with %s: %v, want %q", tc.workload, tc.role, err, tc.why)
		}
		if _, made := h.v.AWSResource(arn(t, tc.workload)); made != (tc.why == "") {
			t.Errorf("%s with %s: made is %v", tc.workload, tc.role, made)
		}
	}
	if err := newHouse(t).put(functionA, "arn:aws:iam::444455556666:role/far"); !fault.Is(err, RoleElsewhere) {
		t.Errorf("a role of another account: %v", err)
	}
}

// TestBindingIsToTheRoleItself: who takes the name of a role, or of a workload, inherits nothing.
func TestBindingIsToTheRoleItself(t *testing.T) {
	h := newHouse(t)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(h.put(functionA, roleOf+"lambda"))
	first, _ := h.v.AWSResource(arn(t, functionA))
	must(h.do(func(e *directory.Edit) error { return e.DeleteRole(arn(t, roleOf+"lambda")) }))
	if _, ok := h.v.BoundRole(first); ok || h.bound(functionA) != "AROALAMBDA0000000" {
		t.Error("a deleted role is still the function's")
	}
	must(h.do(func(e *directory.Edit) error {
		_, err := e.Save(role(t, "lambda", "AROASECOND0000000", trusting("lambda.amazonaws.com", "")))
		return err
	}))
	if _, ok := h.v.BoundRole(first); ok {
		t.Error("the second role of the name is the function's")
	}
	must(h.put(functionA, roleOf+"lambda"))
	if got := h.bound(functionA); got != "AROASECOND0000000" {
		t.Errorf("bound again to %s", got)
	}
	must(h.do(func(e *directory.Edit) error { return Delete(e, arn(t, functionA)) }))
	must(h.put(functionA, ""))
	second, _ := h.v.AWSResource(arn(t, functionA))
	if second.UID == first.UID || second.Role != "" {
		t.Errorf("a function that was made again has %+v of %+v", second, first)
	}
	if err := h.do(func(e *directory.Edit) error { return Bind(e, first.UID, "AROASECOND0000000") }); !fault.Is(err, directory.AWSResourceNotFound) {
		t.Errorf("what was allowed for the first function binds the second: %v", err)
	}
	if err := h.do(func(e *directory.Edit) error { return Bind(e, second.UID, "AROALAMBDA0000000") }); !fault.Is(err, directory.RoleNotFound) {
		t.Errorf("what was allowed for the first role binds the second: %v", err)
	}
	if err := h.do(func(e *directory.Edit) error { return Bind(e, second.UID, "AROAEC20000000000") }); !fault.Is(err, RoleUntrusting) {
		t.Errorf("bound to a role of another service: %v", err)
	}
	must(h.do(func(e *directory.Edit) error { return Bind(e, second.UID, "AROASECOND0000000") }))
	must(h.put(functionA, "")) // the whole of the thing: what is not named is taken away
	if h.bound(functionA) != "" {
		t.Error("a workload that names no role keeps one")
	}
}

// TestASessionStaysEnded: what a function got by its role ends when the role is taken away, and stays ended when the same role is
// bound again.
func TestASessionStaysEnded(t *testing.T) {
	h := newHouse(t)
	if err := h.put(functionA, roleOf+"lambda"); err != nil {
		t.Fatal(err)
	}
	w, _ := h.v.AWSResource(arn(t, functionA))
	s := credential.Session{Account: w.ARN.Account(), RoleID: w.Role, Origin: w.UID, Rev: h.v.Rev(), Inc: "one", Expires: time.Now().Add(time.Hour)}
	live := func() bool { _, err := s.Live(h.v, time.Now()); return err == nil }
	if !live() {
		t.Fatal("a new session is dead")
	}
	for _, bound := range []string{"", roleOf + "lambda"} {
		if err := h.put(functionA, bound); err != nil {
			t.Fatal(err)
		}
		if live() {
			t.Errorf("the session lives with the binding to %q", bound)
		}
	}
	if s.Rev = h.v.Rev(); !live() {
		t.Error("a session of the new binding is dead")
	}
}

// TestOldBindingIsKept: a role that ended its trust does not keep the workload from being changed otherwise.
func TestOldBindingIsKept(t *testing.T) {
	h := newHouse(t)
	if err := h.put(functionA, roleOf+"lambda"); err != nil {
		t.Fatal(err)
	}
	err := h.do(func(e *directory.Edit) error {
		_, err := e.Save(role(t, "lambda", "AROALAMBDA0000000", trusting("ec2.amazonaws.com", "")))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.put(functionA, roleOf+"lambda"); err != nil {
		t.Error(err)
	}
}

func TestWorkloads(t *testing.T) {
	h := newHouse(t)
	home := arn(t, functionA).Account()
	for kind, called := range map[string]string{"lambda:function": "f", "ec2:instance": "i-0123456789abcdef0", "ecs:task": "cluster/abc"} {
		a, err := ARN(kind, "us-east-2", home, called)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.put(a.String(), ""); err != nil {
			t.Fatal(err)
		}
		if r, ok := h.v.AWSResource(a); !ok || r.Kind != kind || r.Name() != called[max(0, len(called)-len(r.Name())):] {
			t.Errorf("%s: %+v", a, r)
		}
		if err := h.do(func(e *directory.Edit) error { return Delete(e, a) }); err != nil {
			t.Error(err)
		}
		if err := h.do(func(e *directory.Edit) error { return Delete(e, a) }); !fault.Is(err, directory.AWSResourceNotFound) {
			t.Errorf("a second time: %v", err)
		}
	}
	for bad, why := range map[string]fault.Reason{
		"arn:aws:s3:::bucket": directory.InvalidValue, functionA + ":b": directory.InvalidValue,
		"arn:aws:ec2::" + account + ":instance/i-1":             directory.InvalidValue,
		"arn:aws:lambda:us-east-2:" + account + ":layer:x":      directory.InvalidValue,
		"arn:aws:lambda:us-east-2:999999999999:function:nobody": directory.AccountNotFound,
	} {
		if err := h.put(bad, ""); !fault.Is(err, why) {
			t.Errorf("%s: %v, want %s", bad, err, why)
		}
	}
	tags := Spec{ARN: arn(t, functionA), Tags: view.Tags{"": "x"}}
	if err := h.do(func(e *directory.Edit) error { _, err := Put(e, tags); return err }); !fault.Is(err, directory.InvalidValue) {
		t.Errorf("an empty tag: %v", err)
	}
	for kind, called := range map[string]string{"s3:bucket": "x", "lambda:function": "a b"} {
		if _, err := ARN(kind, "us-east-2", home, called); !fault.Is(err, directory.InvalidName) {
			t.Errorf("%s %s: %v", kind, called, err)
		}
	}
}

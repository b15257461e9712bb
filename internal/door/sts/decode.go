package sts

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/reason"
	"github.com/lanyard-id/lanyard/internal/web/query"
)

// decodeMessage opens the record of a refusal in the caller's account by the reference that the refused one got.
func (d Door) decodeMessage(c *query.Call) (func(*awswire.XML), error) {
	s, err := d.signer(c)
	if err != nil {
		return nil, err
	}
	encoded := c.Form.Value("EncodedMessage")
	if encoded == "" || len(encoded) > 10240 {
		return nil, query.Constraint("...", "encodedMessage", "have length 1 to 10240")
	}
	decision, err := d.may(c, s, "sts:DecodeAuthorizationMessage", "*", d.factsOf(c, s))
	if err != nil {
		return nil, err
	}
	id, err := credential.OpenReference(d.Keys, s.Account, encoded)
	if err != nil {
		return nil, err
	}
	rec, err := d.Trail.Find(c.Request.Context(), id)
	if err == nil && (rec.Decision == nil || rec.Outcome != audit.Refused || rec.Account != s.Account) {
		err = fault.New(fault.NotFound, audit.NotFound, "it is no refusal of this account")
	}
	if err != nil {
		return nil, fault.New(fault.Invalid, credential.BadReference, "The record of this refusal is not kept any more.").Because(err)
	}
	c.Event.Record.Decision = &decision
	c.Event.Record.Input = map[string]string{"request": id.String()}
	b, err := json.Marshal(decoded(rec))
	if err != nil {
		return nil, err
	}
	return func(x *awswire.XML) { x.Text("DecodedMessage", string(b)) }, nil
}

// message is a decoded message in AWS's form (AWS STS, DecodeAuthorizationMessage).
type message struct {
	Allowed  bool         `json:"allowed"`
	Explicit bool         `json:"explicitDeny"`
	Matched  items[match] `json:"matchedStatements"`
	Failures items[match] `json:"failures"`
	Context  about        `json:"context"`
	Hint     string       `json:"hint,omitempty"` // ours: what would allow it
}

type items[T any] struct {
	Items []T `json:"items"`
}

// match is one statement's part: which policy it is of, and what it did or lacked.
type match struct {
	Statement string `json:"statementId"`
	Policy    string `json:"policyType"`
	Text      string `json:"explanation"`
}

type about struct {
	Principal  who              `json:"principal"`
	Action     string           `json:"action"`
	Resource   string           `json:"resource"`
	Conditions items[condition] `json:"conditions"`
}

type who struct {
	ID  string `json:"id"`
	ARN string `json:"arn"`
}

type condition struct {
	Key    string       `json:"key"`
	Values items[value] `json:"values"`
}

type value struct {
	Value string `json:"value"`
}

func decoded(rec audit.Record) message {
	d := rec.Decision
	m := message{
		Allowed: d.Allowed(), Explicit: d.Outcome == reason.ExplicitDeny, Hint: d.Hint,
		Matched: items[match]{matches(d.Decisive)}, Failures: items[match]{matches(d.Nearest)},
		Context: about{
			Principal: who{ID: rec.Principal.ID, ARN: rec.Principal.Display}, Action: d.Question.Action, Resource: d.Question.Resource,
			Conditions: items[condition]{[]condition{}},
		},
	}
	for _, key := range slices.Sorted(maps.Keys(rec.Input)) {
		m.Context.Conditions.Items = append(m.Context.Conditions.Items, condition{key, items[value]{[]value{{rec.Input[key]}}}})
	}
	return m
}

func matches(clauses []reason.Clause) []match {
	list := []match{}
	for _, c := range clauses {
		list = append(list, match{c.Rule, c.Kind, c.Text})
	}
	return list
}

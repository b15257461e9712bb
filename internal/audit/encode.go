package audit

import (
	"maps"
	"slices"
	"strconv"

	"github.com/lanyard-id/lanyard/internal/jsonwrite"
	"github.com/lanyard-id/lanyard/internal/reason"
)

// appendRecord writes a record as encoding/json does, but for the members that place it in a stream and the closing brace:
// see appendLine. It is written by hand because a record goes with every credential;
// TestRecordsAreWrittenAsTheyAreDeclared holds it to the declaration.
func appendRecord(b []byte, r *Record) ([]byte, error) {
	b = jsonwrite.AppendMember(append(b, '{'), `"id":`, r.ID.String())
	b = append(b, `,"time":"`...)
	b, err := r.Time.AppendText(b)
	if err != nil {
		return nil, err
	}
	b = jsonwrite.AppendMember(b, `","stream":`, string(r.Stream))
	b = strconv.AppendUint(append(b, `,"node":`...), uint64(r.Node), 10)
	b = jsonwrite.AppendSome(b, `,"tenant":`, r.Tenant.String())
	b = jsonwrite.AppendSome(b, `,"account":`, r.Account.String())
	b = jsonwrite.AppendMember(b, `,"door":`, r.Door)
	b = jsonwrite.AppendMember(b, `,"operation":`, r.Operation)
	b = jsonwrite.AppendMember(b, `,"outcome":`, string(r.Outcome))
	b = jsonwrite.AppendSome(b, `,"reason":`, string(r.Reason))
	b = jsonwrite.AppendSome(b, `,"wire":`, r.Wire)
	b = appendPrincipal(b, r.Principal)
	if r.Remote.IsValid() {
		b = jsonwrite.AppendMember(b, `,"remote":`, r.Remote.String())
	}
	b = jsonwrite.AppendSome(b, `,"resource":`, r.Resource)
	b = jsonwrite.AppendSome(b, `,"audience":`, r.Audience)
	b = jsonwrite.AppendSome(b, `,"token_id":`, r.TokenID)
	b = appendCount(b, `,"rev":`, r.Rev)
	if r.Decision != nil {
		b = appendDecision(append(b, `,"decision":`...), r.Decision)
	}
	b = appendInput(b, r.Input)
	b = appendCount(b, `,"repeats":`, r.Repeats)
	return appendCount(b, `,"dropped":`, r.Dropped), nil
}

func appendCount(b []byte, name string, n int64) []byte {
	if n == 0 {
		return b
	}
	return strconv.AppendInt(append(b, name...), n, 10)
}

func appendPrincipal(b []byte, p Principal) []byte {
	if p == (Principal{}) {
		return b
	}
	b = append(b, `,"principal":{`...)
	start := len(b)
	b = jsonwrite.AppendSome(b, `,"kind":`, p.Kind)
	b = jsonwrite.AppendSome(b, `,"id":`, p.ID)
	b = jsonwrite.AppendSome(b, `,"display":`, p.Display)
	b = jsonwrite.AppendSome(b, `,"session":`, p.Session)
	return append(slices.Delete(b, start, start+1), '}') // the comma before the first member
}

func appendDecision(b []byte, d *reason.Decision) []byte {
	b = jsonwrite.AppendMember(b, `{"outcome":`, d.Outcome.String())
	b = jsonwrite.AppendMember(b, `,"question":{"principal":`, d.Question.Principal)
	b = jsonwrite.AppendMember(b, `,"action":`, d.Question.Action)
	b = append(jsonwrite.AppendMember(b, `,"resource":`, d.Question.Resource), '}')
	b = appendClauses(b, `,"decisive":`, d.Decisive)
	b = appendClauses(b, `,"nearest":`, d.Nearest)
	return append(jsonwrite.AppendSome(b, `,"hint":`, d.Hint), '}')
}

func appendClauses(b []byte, name string, clauses []reason.Clause) []byte {
	if len(clauses) == 0 {
		return b
	}
	b = append(b, name...)
	for i, c := range clauses {
		b = jsonwrite.AppendMember(append(b, "[,"[min(i, 1)]), `{"kind":`, c.Kind)
		b = jsonwrite.AppendMember(b, `,"rule":`, c.Rule)
		b = appendCount(b, `,"rev":`, c.Rev)
		b = jsonwrite.AppendMember(b, `,"text":`, c.Text)
		b = append(appendCount(b, `,"met":`, int64(c.Met)), '}')
	}
	return append(b, ']')
}

// appendInput writes the input in the order of its names.
func appendInput(b []byte, input map[string]string) []byte {
	if len(input) == 0 {
		return b
	}
	b = append(b, `,"input":`...)
	var room [maxInputs + 1]string // so many are left by clean
	names := slices.AppendSeq(room[:0], maps.Keys(input))
	slices.Sort(names)
	for i, name := range names {
		b = jsonwrite.AppendString(append(b, "{,"[min(i, 1)]), name)
		b = jsonwrite.AppendMember(b, ":", input[name])
	}
	return append(b, '}')
}

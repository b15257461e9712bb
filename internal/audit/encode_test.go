package audit

import (
	"encoding/json"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/reason"
	"github.com/lanyard-id/lanyard/internal/requestid"
)

// TestRecordsAreWrittenAsTheyAreDeclared compares the hand-written encoder with encoding/json, which reads the
// declaration: on records whose every member is full or empty at random.
func TestRecordsAreWrittenAsTheyAreDeclared(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	same := func(rec Record) {
		t.Helper()
		got, err := encodeBody(&rec)
		must(t, err)
		rec.Seq, rec.Prev, rec.Hash = 0, Hash{}, Hash{}
		want, err := json.Marshal(rec)
		must(t, err)
		if string(got)+"}" != string(want) {
			t.Fatalf("written\n%s}, declared\n%s", got, want)
		}
	}
	same(Record{})
	for range 3000 {
		same(randomRecord(t, r))
	}
}

// randomRecord fills every field that reflection finds: one that the encoder forgets is missing in what it writes.
func randomRecord(t *testing.T, r *rand.Rand) (rec Record) {
	t.Helper()
	for field, value := range reflect.ValueOf(&rec).Elem().Fields() {
		if r.IntN(3) > 0 {
			value.Set(randomValue(t, r, field.Type))
		}
	}
	return rec
}

func randomValue(t *testing.T, r *rand.Rand, typ reflect.Type) reflect.Value {
	t.Helper()
	switch typ {
	case reflect.TypeFor[requestid.ID]():
		return reflect.ValueOf(requestid.New(time.UnixMilli(r.Int64N(1<<40)), 7))
	case reflect.TypeFor[time.Time]():
		return reflect.ValueOf(time.Unix(r.Int64N(1<<33), r.Int64N(3)*1000).UTC())
	case reflect.TypeFor[name.GUID]():
		return reflect.ValueOf(name.NewGUID())
	case reflect.TypeFor[name.AccountID]():
		id, err := name.ParseAccountID("123456789012")
		must(t, err)
		return reflect.ValueOf(id)
	case reflect.TypeFor[netip.Addr]():
		return reflect.ValueOf([]netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("::ffff:10.0.0.1"), netip.MustParseAddr("fe80::1%eth0")}[r.IntN(3)])
	case reflect.TypeFor[*reason.Decision]():
		return reflect.ValueOf(&reason.Decision{
			Outcome: reason.Outcome(r.IntN(3)), Hint: randomText(r), //nolint:gosec // three outcomes
			Question: reason.Question{Principal: randomText(r), Action: randomText(r), Resource: randomText(r)},
			Decisive: randomClauses(r), Nearest: randomClauses(r),
		})
	case reflect.TypeFor[map[string]string]():
		m := map[string]string{}
		for range r.IntN(maxInputs + 2) {
			m[randomText(r)] = randomText(r)
		}
		return reflect.ValueOf(m)
	case reflect.TypeFor[Hash]():
		return reflect.ValueOf(Hash{1})
	case reflect.TypeFor[Principal]():
		return reflect.ValueOf(Principal{Kind: randomText(r), ID: randomText(r), Display: randomText(r), Session: randomText(r)})
	}
	switch typ.Kind() {
	case reflect.String:
		return reflect.ValueOf(randomText(r)).Convert(typ)
	case reflect.Int64, reflect.Uint64, reflect.Uint32:
		return reflect.ValueOf(r.IntN(1 << 24)).Convert(typ)
	}
	t.Fatalf("a field of the type %s: teach this test", typ)
	return reflect.Value{}
}

func randomText(r *rand.Rand) string {
	return []string{"", "plain", "arn:aws:iam::123456789012:role/r", `a "quote"`, "<&>", "é😀", "a\nb", "\x7f", "\xff"}[r.IntN(9)]
}

func randomClauses(r *rand.Rand) (out []reason.Clause) {
	for range r.IntN(3) {
		out = append(out, reason.Clause{Kind: randomText(r), Rule: randomText(r), Rev: r.Int64N(2), Text: randomText(r), Met: r.IntN(2)})
	}
	return out
}

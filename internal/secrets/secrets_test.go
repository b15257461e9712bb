package secrets

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/secret"
	"github.com/lanyard-id/lanyard/internal/view"
)

// ring is what the tests need of a keyring. Only mint and the server may import the real one; the proof of the whole
// server turns real keys over.
type ring struct{ calls []string }

func (r *ring) SealLasting(purpose string, aad, plaintext []byte) ([]byte, error) {
	r.calls = append(r.calls, purpose+" "+string(aad))
	return bytes.Join([][]byte{[]byte(purpose), aad, mirror(plaintext)}, []byte{0}), nil
}

func (r *ring) Unseal(purpose string, aad, sealed []byte) ([]byte, error) {
	rest, ok := bytes.CutPrefix(sealed, bytes.Join([][]byte{[]byte(purpose), aad, nil}, []byte{0}))
	if !ok {
		return nil, errors.New("sealed for somebody else")
	}
	return mirror(rest), nil
}

// mirror stands for encryption: what is sealed does not hold the text.
func mirror(b []byte) []byte {
	out := make([]byte, len(b))
	for i, c := range b {
		out[i] = c ^ 0x5a
	}
	return out
}

func version(t *testing.T, values Values, value string) *view.SecretVersion {
	t.Helper()
	vault := &view.Resource{UID: name.MustGUID("00000001-0000-4000-8000-000000000000")}
	v := &view.SecretVersion{VaultUID: vault.UID, Secret: "Db-Password", ID: NewVersion()}
	var err error
	if v.Sealed, err = values.Seal(vault, v.Secret, v.ID, secret.Text(value)); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestSealAndOpen(t *testing.T) {
	values := Values{&ring{}}
	for _, value := range []string{"", "hunter2", "zwölf ✓\x00", strings.Repeat("x", MaxValue)} {
		v := version(t, values, value)
		if value != "" && bytes.Contains(v.Sealed, []byte(value)) {
			t.Errorf("the sealed value of %.10q holds it", value)
		}
		got, err := values.Open(v)
		if err != nil || got.Reveal() != value {
			t.Errorf("opened %.10q, %v; want %.10q", got.Reveal(), err, value)
		}
		if s := got.String(); s != secret.Mask {
			t.Errorf("a value prints as %q", s)
		}
	}
}

// A value opens in its own place only, whatever the case of the secret's name.
func TestOpenElsewhere(t *testing.T) {
	values := Values{&ring{}}
	v := version(t, values, "hunter2")
	v.Secret = "DB-PASSWORD"
	if _, err := values.Open(v); err != nil {
		t.Errorf("the same name in another case: %v", err)
	}
	for what, move := range map[string]func(*view.SecretVersion){
		"vault":   func(v *view.SecretVersion) { v.VaultUID = name.MustGUID("00000002-0000-4000-8000-000000000000") },
		"secret":  func(v *view.SecretVersion) { v.Secret = "other" },
		"version": func(v *view.SecretVersion) { v.ID = NewVersion() },
		"bytes":   func(v *view.SecretVersion) { v.Sealed = nil },
	} {
		moved := *v
		move(&moved)
		if got, err := values.Open(&moved); !fault.Is(err, Damaged) || got != "" {
			t.Errorf("another %s: %v, want %s", what, err, Damaged)
		}
	}
}

func TestSealTooLarge(t *testing.T) {
	keys := &ring{}
	_, err := Values{keys}.Seal(&view.Resource{}, "s", NewVersion(), secret.Text(strings.Repeat("x", MaxValue+1)))
	if !fault.Is(err, TooLarge) || len(keys.calls) != 0 {
		t.Errorf("%v, %q", err, keys.calls)
	}
}

func TestNewVersion(t *testing.T) {
	if a, b := NewVersion(), NewVersion(); len(a) != 32 || a == b {
		t.Errorf("versions %q and %q", a, b)
	}
}

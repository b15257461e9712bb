package keyring

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/store"
	"github.com/lanyard-id/lanyard/internal/store/memory"
)

// clock is a time that a test sets.
type clock struct{ t time.Time }

func (c *clock) now() time.Time           { return c.t }
func (c *clock) forward(by time.Duration) { c.t = c.t.Add(by) }

// house is an installation: a store, a place for the KEK, a clock.
type house struct {
	store *memory.Store
	clock *clock
	cfg   Config
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{store: memory.New(), clock: &clock{time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)}}
	h.cfg = Config{
		Store: h.store, StoreID: "store-1", KEKPath: filepath.Join(t.TempDir(), "config", "store-1.kek"),
		DataDir: t.TempDir(), Now: h.clock.now,
	}
	return h
}

func (h *house) open(t *testing.T) *Ring {
	t.Helper()
	r, err := Open(t.Context(), h.cfg)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestOpenMakesKeysOnceAndLoadsThemAgain(t *testing.T) {
	h := newHouse(t)
	first := h.open(t)
	if !first.Fresh() {
		t.Error("the first start is not fresh")
	}
	second := h.open(t)
	if second.Fresh() {
		t.Error("the second start is fresh")
	}
	if !bytes.Equal(first.JWKS(), second.JWKS()) || !bytes.Equal(first.CertificatePEM(), second.CertificatePEM()) {
		t.Error("the second start has other keys")
	}
	sealed, err := first.Seal("session", []byte("a"), []byte("hello"))
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := second.Unseal("session", []byte("a"), sealed); err != nil || string(plain) != "hello" {
		t.Errorf("Unseal = %q, %v", plain, err)
	}
	info, err := os.Stat(h.cfg.KEKPath)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("KEK file: %v, %v; want mode 0600", info.Mode(), err)
	}
}

func TestOpenTellsWhatIsWrong(t *testing.T) {
	other := newHouse(t)
	other.open(t)
	tests := []struct {
		name  string
		spoil func(t *testing.T, h *house)
		want  fault.Reason
	}{
		{"KEK gone", func(t *testing.T, h *house) { must(t, os.Remove(h.cfg.KEKPath)) }, KEKMissing},
		{"KEK of another store", func(t *testing.T, h *house) { h.cfg.KEKPath = other.cfg.KEKPath }, WrongKEK},
		{"another store id", func(t *testing.T, h *house) { h.cfg.StoreID = "store-2" }, WrongKEK},
		{"KEK readable by others", func(t *testing.T, h *house) { must(t, os.Chmod(h.cfg.KEKPath, 0o640)) }, KEKExposed},
		{"KEK in the data folder", func(t *testing.T, h *house) { h.cfg.DataDir = filepath.Dir(filepath.Dir(h.cfg.KEKPath)) }, KEKExposed},
		{"KEK in the data folder by a link", func(t *testing.T, h *house) {
			link := filepath.Join(t.TempDir(), "link")
			must(t, os.Symlink(filepath.Dir(h.cfg.KEKPath), link))
			h.cfg.DataDir, h.cfg.KEKPath = filepath.Dir(h.cfg.KEKPath), filepath.Join(link, filepath.Base(h.cfg.KEKPath))
		}, KEKExposed},
		{"KEK short", func(t *testing.T, h *house) { writeKEK(t, h, base64.StdEncoding.EncodeToString(make([]byte, 31))) }, KEKMalformed},
		{"KEK no base64", func(t *testing.T, h *house) { writeKEK(t, h, strings.Repeat("!", 44)) }, KEKMalformed},
		{"KEK empty", func(t *testing.T, h *house) { writeKEK(t, h, "") }, KEKMalformed},
		{"check damaged", func(t *testing.T, h *house) { h.flip(t, keyCheck) }, Corrupt},
		{"check gone", func(t *testing.T, h *house) { h.remove(t, keyCheck) }, Corrupt},
		{"turn gone", func(t *testing.T, h *house) { h.remove(t, keyTurn) }, Corrupt},
		{"signing key damaged", func(t *testing.T, h *house) { h.flip(t, signKeys) }, Corrupt},
		{"sealing key damaged", func(t *testing.T, h *house) { h.flip(t, sealKeys) }, Corrupt},
		{"authority damaged", func(t *testing.T, h *house) { h.flip(t, authority) }, Corrupt},
		{"authority gone", func(t *testing.T, h *house) { h.remove(t, authority) }, Corrupt},
		{"signing key moved", func(t *testing.T, h *house) { h.swap(t, signKeys) }, Corrupt},
		{"sealing key moved", func(t *testing.T, h *house) { h.swap(t, sealKeys) }, Corrupt},
		{"strange key", func(t *testing.T, h *house) { h.put(t, prefix+"strange", []byte("x")) }, Corrupt},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			h := newHouse(t)
			h.open(t)
			tc.spoil(t, h)
			before := h.dump(t)
			_, err := Open(t.Context(), h.cfg)
			if !fault.Is(err, tc.want) {
				t.Errorf("Open: %v, want %s", err, tc.want)
			}
			if !bytes.Equal(before, h.dump(t)) {
				t.Error("the store was changed")
			}
		})
	}
}

func TestMissingKEKNamesItsPathAndMakesNone(t *testing.T) {
	h := newHouse(t)
	h.open(t)
	must(t, os.Remove(h.cfg.KEKPath))
	_, err := Open(t.Context(), h.cfg)
	if f := fault.From(err); !strings.Contains(f.Public, h.cfg.KEKPath) {
		t.Errorf("%q does not name the path", f.Public)
	}
	if _, err := os.Stat(h.cfg.KEKPath); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a KEK was made: %v", err)
	}
}

func TestOpenByTwoServersAtOnce(t *testing.T) {
	h := newHouse(t)
	must(t, os.MkdirAll(filepath.Dir(h.cfg.KEKPath), 0o700))
	writeKEK(t, h, base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, kekSize)))
	// The other server is done between this one's first look and its write.
	late := h.cfg
	late.Store = &lateStore{Store: h.store, before: func() { h.open(t) }}
	r, err := Open(t.Context(), late)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := r.JWKS(), h.open(t).JWKS(); !bytes.Equal(got, want) {
		t.Error("the two servers have different keys")
	}
}

// lateStore calls before once, ahead of the first transaction.
type lateStore struct {
	Store
	before func()
}

func (s *lateStore) Txn(ctx context.Context, c []store.Compare, ops []store.Op) (int64, error) {
	if f := s.before; f != nil {
		s.before = nil
		f()
	}
	return s.Store.Txn(ctx, c, ops)
}

func TestKEKPlace(t *testing.T) {
	creds := t.TempDir()
	place := KEKPlace{CredentialsDir: creds, ConfigHome: "/xdg", Home: "/home/u"}
	if got, want := place.Path("s"), filepath.FromSlash("/xdg/lanyard/s.kek"); got != want {
		t.Errorf("without the credential: %s, want %s", got, want)
	}
	must(t, os.WriteFile(filepath.Join(creds, credentialName), nil, 0o400))
	if got, want := place.Path("s"), filepath.Join(creds, credentialName); got != want {
		t.Errorf("with the credential: %s, want %s", got, want)
	}
	if got, want := (KEKPlace{Home: "/home/u"}).Path("s"), filepath.FromSlash("/home/u/.config/lanyard/s.kek"); got != want {
		t.Errorf("at home: %s, want %s", got, want)
	}
	if got, want := (KEKPlace{Root: true, Home: "/root"}).Path("s"), filepath.FromSlash("/etc/lanyard/s.kek"); got != want {
		t.Errorf("as root: %s, want %s", got, want)
	}
}

// privateBytes gives everything that must be found nowhere, under a name.
func privateBytes(t *testing.T, h *house, r *Ring) map[string][]byte {
	t.Helper()
	kek, err := loadKEK(h.cfg.KEKPath, "")
	must(t, err)
	out := map[string][]byte{"KEK": kek.bytes()}
	st, err := r.list(t.Context())
	must(t, err)
	for key, kv := range st.kvs {
		switch {
		case strings.HasPrefix(key, signKeys):
			private, err := r.wrap.open(classSign, strings.TrimPrefix(key, signKeys), kv.Value, &signingRecord{})
			must(t, err)
			addPrivate(t, out, key, private.bytes())
		case strings.HasPrefix(key, authority):
			private, err := r.wrap.open(classCA, strings.TrimPrefix(key, authority), kv.Value, &authorityRecord{})
			must(t, err)
			addPrivate(t, out, key, private.bytes())
		case strings.HasPrefix(key, sealKeys):
			private, err := r.wrap.open(classSeal, strings.TrimPrefix(key, sealKeys), kv.Value, &sealingRecord{})
			must(t, err)
			out[key] = private.bytes()
		}
	}
	return out
}

func addPrivate(t *testing.T, out map[string][]byte, key string, der []byte) {
	t.Helper()
	private, err := x509.ParsePKCS8PrivateKey(der)
	must(t, err)
	switch k := private.(type) {
	case *rsa.PrivateKey:
		out[key+" d"], out[key+" p"], out[key+" q"] = k.D.Bytes(), k.Primes[0].Bytes(), k.Primes[1].Bytes()
	case *ecdsa.PrivateKey:
		out[key+" d"], err = k.Bytes()
		must(t, err)
	default:
		t.Fatalf("%s is %T", key, private)
	}
}

// spellings are the forms in which key bytes could leak.
func spellings(b []byte) [][]byte {
	out := [][]byte{b, []byte(hex.EncodeToString(b)), fmt.Appendf(nil, "%d", b)}
	for _, e := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		for shift := range 3 { // base64 of the bytes at any place in a longer text
			if len(b) > shift {
				text := e.EncodeToString(b[shift:])
				out = append(out, []byte(text[:len(text)-4]))
			}
		}
	}
	return out
}

func TestT17StoreDumpHoldsNoKey(t *testing.T) {
	h := newHouse(t)
	h.cfg.Hosts = []string{"lanyard.example"}
	r := h.open(t)
	must(t, r.Rotate(t.Context(), false))
	dump := h.dump(t)
	secrets := privateBytes(t, h, r)
	if len(secrets) < 12 {
		t.Fatalf("only %d secrets to look for", len(secrets))
	}
	for name, b := range secrets {
		for _, s := range spellings(b) {
			if bytes.Contains(dump, s) {
				t.Errorf("the store holds %s in the clear", name)
			}
		}
	}
	if !bytes.Contains(dump, []byte(keyCheck)) {
		t.Error("the dump is not one of the store")
	}
}

func TestT18TwoInstallationsShareNoKey(t *testing.T) {
	a, b := newHouse(t), newHouse(t)
	ra, rb := a.open(t), b.open(t)
	sa, sb := privateBytes(t, a, ra), privateBytes(t, b, rb)
	for na, va := range sa {
		for nb, vb := range sb {
			if bytes.Equal(va, vb) {
				t.Errorf("%s of one is %s of the other", na, nb)
			}
		}
	}
	if bytes.Equal(ra.wrap.check, rb.wrap.check) {
		t.Error("the checks are equal")
	}
}

func TestL01NothingPrintsAKey(t *testing.T) {
	h := newHouse(t)
	r := h.open(t)
	secrets := privateBytes(t, h, r)
	kek, err := loadKEK(h.cfg.KEKPath, "")
	must(t, err)
	_, rec, signing, err := newSigningRecord(ES256, h.clock.t, h.clock.t)
	must(t, err)
	addPrivate(t, secrets, "signing", signing.bytes())
	_, record, sealing := newSealingRecord(true, h.clock.t, h.clock.t)
	secrets["sealing"] = sealing.bytes()
	var logs bytes.Buffer
	var printed []string
	for _, v := range []any{
		kek, &kek,
		struct{ K secret }{kek},
		struct{ k secret }{kek},
		[]secret{kek},
		r, *r.snap.Load(), r.snap.Load(), r.wrap,
		rec, signing, record, sealing, &sealing,
		struct{ s *secret }{&sealing},
		r.snap.Load().signing[0], r.snap.Load().issuing,
	} {
		for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			printed = append(printed, fmt.Sprintf(format, v))
		}
	}
	for _, handler := range []slog.Handler{slog.NewTextHandler(&logs, nil), slog.NewJSONHandler(&logs, nil)} {
		slog.New(handler).InfoContext(t.Context(), "x", slog.Any("kek", kek), slog.Any("ring", r), slog.Group("group", slog.Any("k", kek)))
	}
	text, err := json.Marshal(map[string]any{"kek": kek, "ring": r})
	must(t, err)
	all := []byte(strings.Join(printed, "\n") + logs.String() + string(text))
	for name, b := range secrets {
		for _, s := range spellings(b) {
			if bytes.Contains(all, s) {
				t.Errorf("%s is printed", name)
			}
		}
	}
}

func TestErrorsNameNoKey(t *testing.T) {
	h := newHouse(t)
	text := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{9}, kekSize))
	must(t, os.MkdirAll(filepath.Dir(h.cfg.KEKPath), 0o700))
	writeKEK(t, h, text+"!")
	_, err := Open(t.Context(), h.cfg)
	if err == nil || strings.Contains(err.Error(), text[:8]) {
		t.Errorf("error %v", err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func writeKEK(t *testing.T, h *house, text string) {
	t.Helper()
	must(t, os.WriteFile(h.cfg.KEKPath, []byte(text), 0o600))
}

// first is the first stored key under a folder.
func (h *house) first(t *testing.T, folder string) store.KV {
	t.Helper()
	page, err := h.store.List(t.Context(), folder, "", 0, 1)
	must(t, err)
	if len(page.KVs) == 0 {
		t.Fatalf("nothing under %s", folder)
	}
	return page.KVs[0]
}

func (h *house) put(t *testing.T, key string, value []byte) {
	t.Helper()
	_, err := h.store.Txn(t.Context(), nil, []store.Op{{Key: key, Value: value}})
	must(t, err)
}

func (h *house) remove(t *testing.T, folder string) {
	t.Helper()
	_, err := h.store.Txn(t.Context(), nil, []store.Op{{Key: h.first(t, folder).Key, Delete: true}})
	must(t, err)
}

// flip turns one bit in the middle.
func (h *house) flip(t *testing.T, folder string) {
	t.Helper()
	kv := h.first(t, folder)
	kv.Value[len(kv.Value)/2] ^= 1
	h.put(t, kv.Key, kv.Value)
}

// swap gives the first key the value of the second.
func (h *house) swap(t *testing.T, folder string) {
	t.Helper()
	page, err := h.store.List(t.Context(), folder, "", 0, 2)
	must(t, err)
	h.put(t, page.KVs[0].Key, page.KVs[1].Value)
}

// dump is the whole store as a backup has it.
func (h *house) dump(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	must(t, h.store.Snapshot(t.Context(), &b))
	return b.Bytes()
}

func BenchmarkOpenFresh(b *testing.B) {
	dir := b.TempDir()
	for n := 0; b.Loop(); n++ {
		_, err := Open(b.Context(), Config{
			Store: memory.New(), StoreID: "s", KEKPath: filepath.Join(dir, fmt.Sprint(n)), Now: time.Now,
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

//go:build unix

package proof

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/store/etcd"
)

// refusedRun runs a verb that must fail with exit code 1, and gives what it said.
func (h *house) refusedRun(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	cmd := h.command(t.Context(), args...)
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	if err == nil || cmd.ProcessState.ExitCode() != 1 {
		t.Errorf("lanyard %v: exit code %d, want 1\n%s", args, cmd.ProcessState.ExitCode(), out)
	}
	return string(out)
}

// A manifest that asks for what cannot be is refused whole: with the place and the reason, and nothing of it is made.
func TestAManifestThatCannotBeIsRefusedWhole(t *testing.T) {
	h := newHouse(t)
	good := "kind: ResourceGroup\nname: made\n---\n"
	for name, tc := range map[string]struct{ manifest, reason, says string }{
		"unknown key":       {"kind: ResourceGroup\nname: a\nsize: 1\n", "manifest.unknown_key", "line 6, column 1"},
		"wrong type":        {"kind: ResourceGroup\nname: [a]\n", "manifest.wrong_type", "line 5, column 7"},
		"trailing bytes":    {"kind: ResourceGroup\nname: a\n...\n}\n", "manifest.syntax", "standard input"},
		"missing reference": {"kind: RoleAssignment\nprincipal: $(UserAssignedIdentity/nobody.principalId)\nrole: Reader\nscope: /\n", "kinds.not_found", "line 5, column 12"},
		"missing identity": {
			"kind: Resource\ntype: Microsoft.Web/sites\nname: f\nresourceGroup: made\nidentity: {type: UserAssigned, userAssignedIdentities: [nobody]}\n",
			"directory.reference_missing", "line 4, column 1",
		},
		"unknown role": {"kind: UserAssignedIdentity\nname: one\nresourceGroup: made\n---\nkind: RoleAssignment\nprincipal: $(UserAssignedIdentity/one.principalId)\n" +
			"role: Storage Blob Data Raeder\nscope: /subscriptions/$(subscription)\n", "", "Storage Blob Data Raeder"},
		"malformed trust": {"kind: Role\nname: r\ntrust: {Version: \"2012-10-17\", Statement: [{Effect: Alow, Principal: \"*\", Action: \"sts:AssumeRole\"}]}\n", "policy.malformed", "Effect must be Allow or Deny"},
		"trust without a principal": {
			"kind: Role\nname: r\ntrust: {Version: \"2012-10-17\", Statement: [{Effect: Allow, Action: \"sts:AssumeRole\"}]}\n",
			"policy.malformed", "Principal",
		},
	} {
		t.Run(name, func(t *testing.T) {
			said := h.refusedRun(t, good+tc.manifest, "apply", "--data", h.data, "-f", "-")
			for _, want := range []string{tc.reason, tc.says, "reason:"} {
				if !strings.Contains(said, want) {
					t.Errorf("it does not say %q:\n%s", want, said)
				}
			}
			if there := h.groups(t); len(there) > 0 {
				t.Errorf("a part of it was made: %q", there)
			}
		})
	}
}

// TestADataFolderOfANewerVersionIsLeftAlone: an older version must not touch what it does not understand.
func TestADataFolderOfANewerVersionIsLeftAlone(t *testing.T) {
	h := newHouse(t)
	h.stop(t)
	file := filepath.Join(h.data, "FORMAT")
	old, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	newer := bytes.Replace(old, []byte("1"), []byte("99"), 1)
	if err := os.WriteFile(file, newer, 0o600); err != nil {
		t.Fatal(err)
	}
	said := h.refusedRun(t, "", "serve", "--data", h.data)
	if !strings.Contains(said, string(etcd.NewerVersion)) {
		t.Errorf("it says:\n%s", said)
	}
	if now, err := os.ReadFile(file); err != nil || !bytes.Equal(now, newer) {
		t.Errorf("the folder was touched: %q, %v", now, err)
	}
	if err := os.WriteFile(file, old, 0o600); err != nil {
		t.Fatal(err)
	}
	h.start(t)
}

// TestADamagedStoreNamesTheWayOut damages the store of a server that has a snapshot. It must not start, and the command that
// it names must bring it back.
func TestADamagedStoreNamesTheWayOut(t *testing.T) {
	h := newHouse(t)
	h.play(t, userScene())
	w := h.as(t, "function")
	h.stop(t)
	snapshot := h.snapshot(t)
	db := filepath.Join(h.data, "etcd", "member", "snap", "db")
	text, err := os.ReadFile(db)
	if err != nil {
		t.Fatal(err)
	}
	for at := 0; at < len(text); at += 509 {
		text[at] ^= 0x5a
	}
	if err := os.WriteFile(db, text, 0o600); err != nil {
		t.Fatal(err)
	}
	said := h.refusedRun(t, "", "serve", "--data", h.data)
	for _, want := range []string{"store.corrupt", "lanyard restore " + snapshot} {
		if !strings.Contains(said, want) {
			t.Errorf("it does not say %q:\n%s", want, said)
		}
	}
	out, err := h.command(t.Context(), "restore", snapshot, "--data", h.data).CombinedOutput()
	if err != nil {
		t.Fatalf("the command that it names: %v\n%s", err, out)
	}
	h.start(t)
	if out, err := h.command(t.Context(), "restore", "--confirm", "--data", h.data).CombinedOutput(); err != nil {
		t.Fatalf("confirm: %v\n%s", err, out)
	}
	h.readBoth(t, w)
}

// snapshot has the store of a server that does not run write an automatic snapshot.
func (h *house) snapshot(t *testing.T) string {
	t.Helper()
	s, err := etcd.Open(t.Context(), etcd.Config{Dir: h.data})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	written, err := s.WriteSnapshot(t.Context(), time.Now(), 1)
	if err != nil {
		t.Fatal(err)
	}
	return written
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets"
)

// vaultPlay is a workload that uses the secrets of a vault. The challenge is verified, as the SDK does by itself.
type vaultPlay struct {
	secrets *azsecrets.Client
	ctx     context.Context //nolint:containedctx // the play is one call
}

// secrets are the plays of who may do all, of who may read the one secret "shared", and of who may do nothing.
func secrets() []operation {
	play := func(name string, of func(p vaultPlay) []step) operation {
		return operation{name, 1, func(ctx context.Context, args []string) (any, error) {
			cred, err := credential()
			if err != nil {
				return nil, err
			}
			client, err := azsecrets.NewClient(args[0], cred, &azsecrets.ClientOptions{ClientOptions: once()})
			if err != nil {
				return nil, err
			}
			return nil, steps(of(vaultPlay{client, ctx}))
		}}
	}
	return []operation{
		play("play-officer", func(p vaultPlay) []step {
			return []step{
				{"set", p.set}, {"versions", p.versions}, {"list", p.list}, {"dates", p.dates}, {"disabled", p.disabled},
				{"deleted", p.deleted}, {"purged", p.purged}, {"missing", p.missing}, {"shared", p.shared},
			}
		}),
		play("play-user", func(p vaultPlay) []step { return []step{{"one", p.one}, {"other", p.other}} }),
		play("play-none", func(p vaultPlay) []step { return []step{{"none", p.none}} }),
	}
}

// wantInner holds an error to a code and to the inner code that says more.
func wantInner(err error, code, inner string) error {
	var e *azcore.ResponseError
	if !errors.As(err, &e) {
		return fmt.Errorf("wanted %q, got %w", code, err)
	}
	var body struct {
		Error struct {
			Inner struct{ Code string } `json:"innererror"`
		} `json:"error"`
	}
	text, readErr := runtime.Payload(e.RawResponse)
	if readErr == nil {
		readErr = json.Unmarshal(text, &body)
	}
	if readErr != nil || body.Error.Inner.Code != inner {
		return fmt.Errorf("wanted the inner code %q, got %w %w", inner, err, readErr)
	}
	return want(err, code)
}

const forbidden, byRole = "Forbidden", "ForbiddenByRbac"

// put gives a secret a value and gives back the version's name.
func (p vaultPlay) put(name, value string, attributes *azsecrets.SecretAttributes) (string, error) {
	got, err := p.secrets.SetSecret(p.ctx, name, azsecrets.SetSecretParameters{
		Value: &value, ContentType: to.Ptr("text/plain"), Tags: map[string]*string{"by": to.Ptr("azsecrets")}, SecretAttributes: attributes,
	}, nil)
	if err != nil {
		return "", err
	}
	return got.ID.Version(), nil
}

// holds wants a value of a secret, of its newest version where none is named.
func (p vaultPlay) holds(name, version, value string) error {
	got, err := p.secrets.GetSecret(p.ctx, name, version, nil)
	if err == nil && (*got.Value != value || got.ID.Name() != name || *got.Tags["by"] != "azsecrets") {
		err = fmt.Errorf("%s %s is not what was set: %s", name, version, *got.ID)
	}
	return err
}

func (p vaultPlay) set() error {
	if _, err := p.put("first", "one", nil); err != nil {
		return err
	}
	return p.holds("first", "", "one")
}

// versions wants the newest version where none is named, and each under its name.
func (p vaultPlay) versions() error {
	old, err := p.put("versions", "one", nil)
	if err != nil {
		return err
	}
	latest, err := p.put("versions", "two", nil)
	if err != nil {
		return err
	}
	var all []string
	for pager := p.secrets.NewListSecretPropertiesVersionsPager("versions", nil); pager.More(); {
		page, err := pager.NextPage(p.ctx)
		if err != nil {
			return err
		}
		for _, v := range page.Value {
			all = append(all, v.ID.Version())
		}
	}
	if len(all) != 2 || !slices.Contains(all, old) || !slices.Contains(all, latest) {
		err = fmt.Errorf("the versions are %q, want %s and %s", all, old, latest)
	}
	return errors.Join(err, p.holds("versions", "", "two"), p.holds("versions", old, "one"), p.holds("versions", latest, "two"))
}

// list goes through several pages.
func (p vaultPlay) list() error {
	made := []string{}
	for n := range 30 { // a page has 25 at most
		name := fmt.Sprintf("list-%02d", n)
		if _, err := p.put(name, "x", nil); err != nil {
			return err
		}
		made = append(made, name)
	}
	var all []string
	pages := 0
	for pager := p.secrets.NewListSecretPropertiesPager(nil); pager.More(); pages++ {
		page, err := pager.NextPage(p.ctx)
		if err != nil {
			return err
		}
		for _, s := range page.Value {
			all = append(all, s.ID.Name())
		}
	}
	if want := append([]string{"first"}, append(made, "versions")...); !slices.Equal(all, want) || pages < 2 {
		return fmt.Errorf("the secrets are %q on %d pages", all, pages)
	}
	return nil
}

// dates are told and bar nobody, in Azure too.
func (p vaultPlay) dates() error {
	past, future := time.Now().Add(-time.Hour).Truncate(time.Second), time.Now().Add(time.Hour).Truncate(time.Second)
	_, over := p.put("dates", "over", &azsecrets.SecretAttributes{Expires: &past})
	got, err := p.secrets.GetSecret(p.ctx, "dates", "", nil)
	if err == nil && (*got.Value != "over" || !got.Attributes.Expires.Equal(past)) {
		err = fmt.Errorf("it ended at %s, want %s", got.Attributes.Expires, past)
	}
	_, early := p.put("dates", "early", &azsecrets.SecretAttributes{NotBefore: &future})
	return errors.Join(over, err, early, p.holds("dates", "", "early"))
}

func (p vaultPlay) enable(name string, yes bool) error {
	_, err := p.secrets.UpdateSecretProperties(p.ctx, name, "", azsecrets.UpdateSecretPropertiesParameters{
		SecretAttributes: &azsecrets.SecretAttributes{Enabled: &yes},
	}, nil)
	return err
}

func (p vaultPlay) disabled() error {
	version, err := p.put("disabled", "kept", nil)
	if err != nil {
		return err
	}
	off := p.enable("disabled", false)
	_, latest := p.secrets.GetSecret(p.ctx, "disabled", "", nil)
	_, named := p.secrets.GetSecret(p.ctx, "disabled", version, nil)
	return errors.Join(off, wantInner(latest, forbidden, "SecretDisabled"), wantInner(named, forbidden, "SecretDisabled"),
		p.enable("disabled", true), p.holds("disabled", "", "kept"))
}

// deleted wants a secret gone but recoverable, and its name not free.
func (p vaultPlay) deleted() error {
	version, err := p.put("deleted", "kept", nil)
	if err != nil {
		return err
	}
	gone, del := p.secrets.DeleteSecret(p.ctx, "deleted", nil)
	if del == nil && (gone.RecoveryID == nil || !gone.ScheduledPurgeDate.After(*gone.DeletedDate)) {
		del = errors.New("the deletion does not say until when it can be taken back")
	}
	_, get := p.secrets.GetSecret(p.ctx, "deleted", "", nil)
	_, named := p.secrets.GetSecret(p.ctx, "deleted", version, nil)
	_, set := p.put("deleted", "again", nil)
	_, twice := p.secrets.DeleteSecret(p.ctx, "deleted", nil)
	_, kept := p.secrets.GetDeletedSecret(p.ctx, "deleted", nil)
	_, back := p.secrets.RecoverDeletedSecret(p.ctx, "deleted", nil)
	_, none := p.secrets.RecoverDeletedSecret(p.ctx, "deleted", nil)
	return errors.Join(del, want(get, "SecretNotFound"), want(named, "SecretNotFound"), wantInner(set, "Conflict", "ObjectIsDeletedButRecoverable"),
		want(twice, "SecretNotFound"), kept, back, want(none, "SecretNotFound"), p.holds("deleted", "", "kept"))
}

// purged wants nothing left of a secret: one that is made again under its name has none of its versions.
func (p vaultPlay) purged() error {
	version, err := p.put("purged", "one", nil)
	if err != nil {
		return err
	}
	_, early := p.secrets.PurgeDeletedSecret(p.ctx, "purged", nil)
	_, del := p.secrets.DeleteSecret(p.ctx, "purged", nil)
	_, purge := p.secrets.PurgeDeletedSecret(p.ctx, "purged", nil)
	_, back := p.secrets.RecoverDeletedSecret(p.ctx, "purged", nil)
	_, set := p.put("purged", "two", nil)
	_, old := p.secrets.GetSecret(p.ctx, "purged", version, nil)
	return errors.Join(want(early, "SecretNotFound"), del, purge, want(back, "SecretNotFound"), set, want(old, "SecretNotFound"), p.holds("purged", "", "two"))
}

// missing asks for what is not there, and for what is not offered.
func (p vaultPlay) missing() error {
	_, secret := p.secrets.GetSecret(p.ctx, "nothing", "", nil)
	_, version := p.secrets.GetSecret(p.ctx, "first", "0123456789abcdef0123456789abcdef", nil)
	_, backup := p.secrets.BackupSecret(p.ctx, "first", nil)
	return errors.Join(want(secret, "SecretNotFound"), want(version, "SecretNotFound"), want(backup, "NotSupported"))
}

// shared makes what the others are played with.
func (p vaultPlay) shared() error {
	_, first := p.put("shared", "for you", nil)
	_, second := p.put("own", "for nobody", nil)
	return errors.Join(first, second)
}

func (p vaultPlay) one() error { return p.holds("shared", "", "for you") }

// other is all that is not reading the one secret.
func (p vaultPlay) other() error {
	_, get := p.secrets.GetSecret(p.ctx, "own", "", nil)
	_, missing := p.secrets.GetSecret(p.ctx, "nothing", "", nil)
	_, set := p.put("shared", "mine", nil)
	_, del := p.secrets.DeleteSecret(p.ctx, "shared", nil)
	_, list := p.secrets.NewListSecretPropertiesPager(nil).NextPage(p.ctx)
	return errors.Join(wantInner(get, forbidden, byRole), wantInner(missing, forbidden, byRole), wantInner(set, forbidden, byRole),
		wantInner(del, forbidden, byRole), wantInner(p.enable("shared", false), forbidden, byRole), wantInner(list, forbidden, byRole))
}

// none wants one answer, whether a secret is there or not.
func (p vaultPlay) none() error {
	_, get := p.secrets.GetSecret(p.ctx, "shared", "", nil)
	_, missing := p.secrets.GetSecret(p.ctx, "nothing", "", nil)
	return errors.Join(wantInner(get, forbidden, byRole), wantInner(missing, forbidden, byRole))
}

package demo

import (
	"context"
	_ "embed"
	"net/http"
	"strings"

	"github.com/lanyard-id/lanyard/internal/opwire"
)

// The manifests. The first two are the example's own files; a test holds them to be the same.
var (
	//go:embed two-clouds.yaml
	userScene string
	//go:embed two-clouds-system.yaml
	systemScene string
	//go:embed neighbours.yaml
	neighbourScene string
)

// Names in the manifests.
const (
	accountName     = "twoclouds"
	containerName   = "files"
	bucketName      = "two-clouds-files"
	audience        = "api://two-clouds"
	storageAudience = "https://storage.azure.com"
	// otherAudience is one that every tenant has and that no SDK of the scene asks for by itself: a token for it is in no
	// client's cache.
	otherAudience = "https://management.azure.com"
	briefRole     = "two-clouds-brief"
	blobVersion   = "2026-02-06"
)

// The references to the function's identity in both kinds of scene.
const (
	userReference   = "$(UserAssignedIdentity/two-clouds.principalId)"
	systemReference = "$(Resource/two-clouds.principalId)"
)

// scene is the manifest that is played.
func (d *demo) scene() string {
	if d.SystemAssigned {
		return systemScene
	}
	return userScene
}

func (d *demo) sceneFile() string {
	if d.SystemAssigned {
		return "lanyard-system.yaml"
	}
	return "lanyard.yaml"
}

// neighbours is the manifest of the others, who refer to the function's identity.
func (d *demo) neighbours() string {
	if d.SystemAssigned {
		return strings.ReplaceAll(neighbourScene, userReference, systemReference)
	}
	return neighbourScene
}

// blobURL is the address of something in the container.
func (d *demo) blobURL(below string) string {
	return d.status.URLs["blob"] + "/" + accountName + "/" + containerName + below
}

// roleARN is the ARN of a role in the scene's account.
func (d *demo) roleARN(role string) string {
	return "arn:aws:iam::" + d.status.Account + ":role/" + role
}

// ask asks the server as its operator.
func ask[Out any](ctx context.Context, d *demo, path string, in any) (Out, error) {
	var out Out
	err := d.operator.Do(ctx, http.MethodPost, path, in, &out)
	return out, err
}

// apply makes what a manifest says.
func (d *demo) apply(ctx context.Context, manifest string) (opwire.ApplyResult, error) {
	return ask[opwire.ApplyResult](ctx, d, opwire.PathApply, opwire.ApplyRequest{Manifest: manifest})
}

// remove deletes one thing.
func (d *demo) remove(ctx context.Context, kind, name string) error {
	return d.operator.Do(ctx, http.MethodDelete, opwire.RecordPath(kind, name), nil, nil)
}

// clientID is the client id of a user-assigned identity.
func (d *demo) clientID(ctx context.Context, identity string) (string, error) {
	var found []struct {
		ClientID string `json:"clientId"`
	}
	err := d.operator.Do(ctx, http.MethodGet, opwire.RecordPath("UserAssignedIdentity", identity), nil, &found)
	if err != nil || len(found) == 0 {
		return "", err
	}
	return found[0].ClientID, nil
}

package metadata_test

import (
	"flag"
	"fmt"
	"net/http"
	"testing"

	"github.com/lanyard-id/lanyard/internal/attest/resolve"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/door/metadata"
	"github.com/lanyard-id/lanyard/internal/keyring/ringtest"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/store/memory"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

var update = flag.Bool("update", false, "write the answers into the transcripts")

// ring is the one keyring of these tests: making keys takes time.
var ring ringtest.Shared

// serve makes a world and the door's two parts in it, as the server has them on one listener.
func serve(t *testing.T) (*doortest.World, http.Handler) {
	t.Helper()
	w := doortest.New(t, ring.Ring(t, memory.New(), doortest.Start))
	azure, err := metadata.Door{View: w.Current, Mint: w.Mint, Now: w.Now}.Mount(w.Config())
	if err != nil {
		t.Fatal(err)
	}
	aws, err := metadata.AWS{View: w.Current, Mint: w.Mint, Now: w.Now}.Mount(w.Config())
	if err != nil {
		t.Fatal(err)
	}
	both, err := web.Join(azure, aws)
	if err != nil {
		t.Fatal(err)
	}
	w.Write(awsWorkloads(t)...)
	return w, both
}

// awsWorkloads are a function, an instance and a task with a role each, a function without one, and an instance whose role
// does not trust its service.
func awsWorkloads(t *testing.T) (all []view.Record) {
	t.Helper()
	arn := func(text string) name.ARN {
		a, err := name.ParseARN(text)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	for i, x := range []struct{ called, kind, path, service string }{
		{"fn", "lambda:function", "arn:aws:lambda:us-east-2:111122223333:function:fn", "lambda.amazonaws.com"},
		{"vm", "ec2:instance", "arn:aws:ec2:us-east-2:111122223333:instance/vm", "ec2.amazonaws.com"},
		{"task", "ecs:task", "arn:aws:ecs:us-east-2:111122223333:task/c/task", "ecs-tasks.amazonaws.com"},
		{"naked", "lambda:function", "arn:aws:lambda:us-east-2:111122223333:function:naked", ""},
		{"distrusted", "ec2:instance", "arn:aws:ec2:us-east-2:111122223333:instance/distrusted", "lambda.amazonaws.com"},
	} {
		w := &view.AWSResource{ARN: arn(x.path), UID: doortest.GUID(0xc00 + i), Kind: x.kind}
		if x.service != "" {
			role := &view.Role{
				ARN: arn(doortest.RoleARN("of-" + x.called)), UniqueID: fmt.Sprintf("AROAWORKLOAD%05d", i), Path: "/", Name: "of-" + x.called, MaxSession: 3600,
				Trust:  `{"Version":"2012-10-17","Statement":{"Sid":"Run","Effect":"Allow","Principal":{"Service":"` + x.service + `"},"Action":"sts:AssumeRole"}}`,
				Inline: map[string]string{"rights": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*"}]}`},
			}
			w.Role = role.UniqueID
			all = append(all, role)
		}
		all = append(all, w, &view.WorkloadRule{
			ID: doortest.GUID(0xc50 + i), SecretHash: resolve.HashSecret(doortest.Secret(x.called)), ARN: w.ARN, ResourceUID: w.UID,
			Expires: doortest.Start().AddDate(0, 0, 1),
		})
	}
	return all
}

func TestTranscripts(t *testing.T) { doortest.Transcripts(t, *update, serve) }

package webidentity

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/lanyard-id/lanyard/cmd/lanyard/launch"
	"github.com/lanyard-id/lanyard/internal/name"
)

// Want is what a user asks for: nothing, or a role and the audience by which AWS knows the workload.
type Want struct{ Role, Audience, Identity string }

// Flags lets a verb's user ask for it.
func (w *Want) Flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&w.Role, "aws-role", "", "ARN of a role that clients of AWS assume with the Azure workload's identity, by a token file")
	f.StringVar(&w.Audience, "aws-audience", "", "audience of the tokens in that file: the ID URI of a registered application, listed at the account's OIDC provider")
	f.StringVar(&w.Identity, "aws-identity", "", "client id of the identity, where the workload has several")
}

// Check says what is wrong with the flags.
func (w *Want) Check(as string) error {
	switch {
	case *w == Want{}:
		return nil
	case w.Role == "" || w.Audience == "":
		return errors.New("--aws-role and --aws-audience go together")
	case launch.AWSWorkload(as):
		return errors.New("--aws-role is for an Azure workload: an AWS workload has its own role")
	}
	arn, err := name.ParseARN(w.Role)
	if err != nil || arn.Service() != "iam" || !strings.HasPrefix(arn.Resource(), "role/") {
		return fmt.Errorf("--aws-role %s: want the ARN of a role, arn:aws:iam::ACCOUNT:role/NAME", w.Role)
	}
	return nil
}

// File is a token file that is kept fresh. A nil File is none.
type File struct {
	path string
	ask  func(context.Context) (token string, ends time.Time, err error)
	ends time.Time // of the token in the file
}

// Begin writes the first token into the launch's folder, and enters the role into what the child's settings are made from.
// Nil where nothing is wanted.
func (w *Want) Begin(ctx context.Context, f *launch.Facts) (*File, error) {
	if *w == (Want{}) {
		return nil, nil //nolint:nilnil // the zero value of a pointer is no file
	}
	if !strings.HasPrefix(f.Launch.As, "/") {
		return nil, fmt.Errorf("%s is no Azure workload, and --aws-role is for one", f.Launch.As)
	}
	source := source{endpoint: f.Status.URLs["metadata"], secret: f.Launch.Secret, want: *w}
	file := &File{path: filepath.Join(f.Folder, launch.WebTokenFile), ask: source.token}
	if err := file.renew(ctx); err != nil {
		return nil, err
	}
	f.WebRole = w.Role
	return file, nil
}

// How often the file is written again: when half of the token's life is over, and at the latest after a while.
const (
	longest  = 10 * time.Minute
	shortest = time.Second
	retry    = 30 * time.Second // after a failure, or sooner where the token ends sooner
)

// Keep writes the file again and again until ctx ends. What cannot be renewed is said once, until it can be again. The old
// token stays where it is: the doors say whether it holds.
func (f *File) Keep(ctx context.Context, say func(error)) {
	if f == nil {
		return
	}
	said := false
	next := time.NewTimer(f.pause(longest))
	defer next.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-next.C:
		}
		err := f.renew(ctx)
		if ctx.Err() != nil {
			return
		}
		if err != nil && !said {
			say(err)
		}
		if said = err != nil; said {
			next.Reset(f.pause(retry))
		} else {
			next.Reset(f.pause(longest))
		}
	}
}

// pause is half of what is left of the token, within bounds.
func (f *File) pause(most time.Duration) time.Duration {
	return max(shortest, min(most, time.Until(f.ends)/2))
}

// renew gets a token and replaces the file by one with it. A reader finds the old token or the new one, and never a part.
func (f *File) renew(ctx context.Context) error {
	token, ends, err := f.ask(ctx)
	if err != nil {
		return err
	}
	next, err := os.CreateTemp(filepath.Dir(f.path), "web-token-*") // readable for this user alone
	if err != nil {
		return fmt.Errorf("write the token file: %w", err)
	}
	_, err = next.WriteString(token)
	if err = errors.Join(err, next.Close()); err == nil {
		err = os.Rename(next.Name(), f.path)
	}
	if err != nil {
		return fmt.Errorf("write the token file: %w", errors.Join(err, os.Remove(next.Name())))
	}
	f.ends = ends
	return nil
}

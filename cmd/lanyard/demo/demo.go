package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/lanyard-id/lanyard/cmd/lanyard/operator"
	"github.com/lanyard-id/lanyard/internal/opwire"
)

// Options say what to play.
type Options struct {
	Lanyard        string   // the command itself, to start the server and the functions with
	Files          string   // folder whose files are uploaded; empty for a few that come along
	Function       []string // the function's command; empty builds the example of the checkout
	SystemAssigned bool     // the function's identity is its own instead of one that stands alone
	Keep           bool     // leave server and function running at the end

	Out      io.Writer                       // the story, for people
	Progress func(text string) (done func()) // shows what takes long
}

// Report is what was seen. Its JSON names are stable.
type Report struct {
	Listings []Listing `json:"listings"` // never null, also when the scene could not be played
	Refusals []Refusal `json:"refusals"`

	// Differs says what did not come as expected; empty is success.
	Differs []string `json:"-"`
}

// Listing is what the function showed of one store, the first time.
type Listing struct {
	Store     string   `json:"store"` // azure or aws
	Container string   `json:"container"`
	Objects   []Object `json:"objects"`
}

// Object is one blob or S3 object.
type Object struct {
	Name         string    `json:"name"`
	Size         int64     `json:"size"` // bytes
	LastModified time.Time `json:"lastModified"`
}

// Refusal is one thing that was refused.
type Refusal struct {
	Name      string `json:"name"`
	Via       string `json:"via"`       // child: an SDK in the function; raw: a request that no SDK makes
	WireError string `json:"wireError"` // status, code and message as the caller got them
	Reason    string `json:"reason"`    // the record's reason and what it says about the case
	RequestID string `json:"requestId"`
}

// demo is one performance.
type demo struct {
	Options
	dir      string // everything that it leaves behind
	server   *process
	socket   string // the server's, for its operator
	operator *operator.Client
	status   opwire.Status
	http     *http.Client // for requests of its own
	files    []file

	function  *function // the hero
	neighbour *function // has two identities of its own
	stranger  *function // belongs to another tenant
	hurried   *function // has tokens and sessions of three seconds

	report Report
}

// Play plays everything. The error says that the scene could not be played to its end; what was seen until then is in the
// report. Processes are ended and files removed in any case, unless they are to be kept and all went well.
func Play(ctx context.Context, opt Options) (report Report, err error) {
	d := &demo{Options: opt, report: Report{Listings: []Listing{}, Refusals: []Refusal{}}}
	if d.dir, err = os.MkdirTemp("", "lanyard-demo-"); err != nil {
		return d.report, fmt.Errorf("make a folder for the demonstration: %w", err)
	}
	defer func() {
		report = d.report
		if err == nil && d.Keep {
			d.farewell()
			return
		}
		err = errors.Join(err, d.cleanUp())
	}()
	for _, act := range []func(context.Context) error{
		d.prepare, d.raise, d.invite, d.refusals, d.killings, d.endings,
	} {
		if err := act(ctx); err != nil {
			return d.report, err
		}
	}
	d.verdict()
	return d.report, nil
}

// prepare gets what is needed before the clock runs: the files and the function's program.
func (d *demo) prepare(ctx context.Context) (err error) {
	if d.files, err = readFiles(d.Files); err != nil {
		return err
	}
	if len(d.Function) > 0 {
		return nil
	}
	source, err := findExample()
	if err != nil {
		return err
	}
	program := filepath.Join(d.dir, "two-clouds")
	start := time.Now()
	done := d.Progress("building " + source + " (the first time the SDKs have to be fetched and compiled)")
	err = build(ctx, source, program)
	done()
	if err != nil {
		return err
	}
	d.Function = []string{program}
	d.heading("Before")
	d.line("built", "%s in %s", source, took(start))
	return nil
}

// raise starts the server, makes the scene, uploads the files and starts the function.
func (d *demo) raise(ctx context.Context) error {
	d.heading("Set up")
	start := time.Now()
	if err := d.startServer(ctx); err != nil {
		return err
	}
	d.line("server", "%s, ready after %s", d.status.URLs["entra"], took(start))
	if _, err := d.apply(ctx, d.scene()); err != nil {
		return err
	}
	d.line("manifest", "examples/two-clouds/%s", d.sceneFile())
	if err := d.upload(ctx); err != nil {
		return err
	}
	d.line("files", "%d uploaded by the operator, to a container and to a bucket", len(d.files))
	var err error
	if d.function, err = d.launch(ctx, "two-clouds"); err != nil {
		return err
	}
	d.line("function", "running as %s, without a secret", d.function.as)
	return d.firstListing(ctx, start)
}

// invite adds the neighbours who try what they may not.
func (d *demo) invite(ctx context.Context) error {
	if _, err := d.apply(ctx, d.neighbours()); err != nil {
		return err
	}
	var err error
	if d.neighbour, err = d.launch(ctx, "neighbour"); err != nil {
		return err
	}
	if d.stranger, err = d.launch(ctx, "stranger"); err != nil {
		return err
	}
	d.hurried, err = d.launch(ctx, "hurried")
	return err
}

// cleanUp ends all processes and removes the folder.
func (d *demo) cleanUp() error {
	for _, f := range []*function{d.function, d.neighbour, d.stranger, d.hurried} {
		if f != nil {
			f.process.stop()
		}
	}
	var err error
	if d.server != nil {
		d.server.stop()
		err = os.RemoveAll(filepath.Dir(d.socket)) // the server made it for this data folder alone
	}
	return errors.Join(err, os.RemoveAll(d.dir))
}

// differ notes that something did not come as expected.
func (d *demo) differ(format string, args ...any) {
	d.report.Differs = append(d.report.Differs, fmt.Sprintf(format, args...))
}

package demo

import (
	"context"
	"fmt"
	"html"
	"maps"
	"slices"
	"strings"
	"time"
)

// firstListing shows what the function sees, and how long it took from the start of the server.
func (d *demo) firstListing(ctx context.Context, start time.Time) error {
	listings, err := d.function.list(ctx)
	if err != nil {
		return err
	}
	d.heading("What the function sees: first listing %s after the server was started", took(start))
	for _, l := range listings {
		d.report.Listings = append(d.report.Listings, l.Listing)
		d.line(l.Store, "%s: %s", l.Container, counted(len(l.Objects), "object"))
		for _, o := range l.Objects {
			d.say("      %8d  %s  %s", o.Size, o.LastModified.UTC().Format("2006-01-02 15:04:05Z"), o.Name)
		}
	}
	d.compare("first listing", listings)
	page, err := d.function.page(ctx)
	if err != nil {
		return err
	}
	page = html.UnescapeString(page)
	for _, f := range d.files {
		if n := strings.Count(page, f.name); n < 2 {
			d.differ("the function's page: %s is there %d times, want one for each store", f.name, n)
		}
	}
	d.line("page", "%s/", d.function.url)
	return nil
}

// compare holds a listing to the files that were uploaded.
func (d *demo) compare(when string, listings []shown) bool {
	before := len(d.report.Differs)
	want := map[string]int64{}
	for _, f := range d.files {
		want[f.name] = f.size
	}
	stores := map[string]string{}
	for _, l := range listings {
		stores[l.Store] = l.Container
		if l.Refusal != nil {
			d.differ("%s of %s was refused: %s", when, l.Store, l.Refusal.text())
			continue
		}
		have := map[string]int64{}
		for _, o := range l.Objects {
			have[o.Name] = o.Size
		}
		if !maps.Equal(have, want) {
			d.differ("%s of %s: got %s, want %s", when, l.Store, names(have), names(want))
		}
	}
	if !maps.Equal(stores, map[string]string{"azure": containerName, "aws": bucketName}) {
		d.differ("%s: the stores are %v", when, stores)
	}
	return len(d.report.Differs) == before
}

// again lists once more after something happened.
func (d *demo) again(ctx context.Context, what string, start time.Time) error {
	listings, err := d.function.list(ctx)
	if err != nil {
		return err
	}
	if d.compare("listing after "+what, listings) {
		d.line(what, "both stores listed again after %s", took(start))
	}
	return nil
}

// works makes a function try what must succeed, and notes if it does not: a refusal means little where nothing is let
// through.
func (d *demo) works(ctx context.Context, what string, f *function, a attempt) (outcome, error) {
	out, err := f.try(ctx, a)
	if err != nil {
		return out, err
	}
	if out.Refusal != nil {
		d.differ("%s should work and was refused: %s", what, out.Refusal.text())
	} else if listed := a.Do == "blobs" || a.Do == "objects"; listed && out.Objects != len(d.files) {
		d.differ("%s listed %s, want %d", what, counted(out.Objects, "object"), len(d.files))
	}
	return out, nil
}

func names(sizes map[string]int64) string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(sizes)) {
		list = append(list, fmt.Sprintf("%s (%d)", name, sizes[name]))
	}
	return "[" + strings.Join(list, ", ") + "]"
}

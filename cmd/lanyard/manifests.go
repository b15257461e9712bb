package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"

	"github.com/lanyard-id/lanyard/cmd/lanyard/operator"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/manifest"
)

// manifests are several files as one text, which remembers where each begins.
type manifests struct {
	text   string
	count  int // of documents
	files  []string
	starts []int // first line of each file in text, from 1
}

// separator stands between two files.
const separator = "\n---\n"

// readManifests reads files and checks each by itself, so that what is wrong in one is said with that file's lines.
func readManifests(stdin io.Reader, files []string) (manifests, error) {
	var m manifests
	for _, file := range files {
		text, err := readManifest(stdin, file)
		if err != nil {
			return m, err
		}
		documents, err := manifest.Parse(text)
		if err != nil {
			return m, inFile(file, err)
		}
		if len(m.files) > 0 {
			m.text += separator
		}
		m.files = append(m.files, file)
		m.starts = append(m.starts, strings.Count(m.text, "\n")+1)
		m.text += string(text)
		m.count += len(documents)
	}
	return m, nil
}

func readManifest(stdin io.Reader, file string) ([]byte, error) {
	if file != "-" {
		return os.ReadFile(file) //nolint:gosec // the user names it
	}
	text, err := io.ReadAll(io.LimitReader(stdin, manifest.MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read standard input: %w", err)
	}
	return text, nil
}

// inFile puts the file's name before an error's text.
func inFile(file string, err error) error {
	f, ok := errors.AsType[*fault.Fault](err)
	if !ok {
		return err
	}
	g := *f
	g.Public = label(file) + ": " + g.Public
	return &g
}

func label(file string) string {
	if file == "-" {
		return "standard input"
	}
	return file
}

// place is how a refusal names a line of the text.
var place = regexp.MustCompile(`\bline (\d+), column`)

// placed turns lines of the text in a refusal back into lines of the files, which only this end knows.
func (m manifests) placed(err error) error {
	r, ok := errors.AsType[*operator.Refusal](err)
	if !ok {
		return err
	}
	s := *r
	s.Said.Message = place.ReplaceAllStringFunc(s.Said.Message, func(found string) string {
		line, err := strconv.Atoi(place.FindStringSubmatch(found)[1])
		if err != nil {
			return found
		}
		i := 0
		for i+1 < len(m.starts) && m.starts[i+1] <= line {
			i++
		}
		return fmt.Sprintf("%s: line %d, column", label(m.files[i]), line-m.starts[i]+1)
	})
	return &s
}

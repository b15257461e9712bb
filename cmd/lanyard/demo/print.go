package demo

import (
	"fmt"
	"strings"
	"time"
	"unicode"
)

// wordWidth is the room of the first word of a line.
const wordWidth = 16

// lineWidth is where a text goes on in the next line.
const lineWidth = 66

func (d *demo) say(format string, args ...any) {
	text := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) { // what a door or a function said must not act on the terminal
			return ' '
		}
		return r
	}, fmt.Sprintf(format, args...))
	_, _ = fmt.Fprintln(d.Out, text) // nobody is left to tell
}

func (d *demo) heading(format string, args ...any) {
	d.say("")
	d.say(format, args...)
}

func (d *demo) line(word, format string, args ...any) {
	d.say("  %-*s%s", wordWidth, word, fmt.Sprintf(format, args...))
}

// showRefusal prints one refusal: what was tried, what the caller saw, and why.
func (d *demo) showRefusal(r Refusal, got said, good bool) {
	mark := ""
	if !good {
		mark = "  <- not as expected"
	}
	d.say("  %s%s", r.Name, mark)
	d.text(r.Via, idInText.ReplaceAllString(got.text(), ""))
	d.text("why", r.Reason)
	d.text("id", r.RequestID)
}

// verdict ends the story.
func (d *demo) verdict() {
	if len(d.report.Differs) > 0 {
		d.heading("%s not as expected:", counted(len(d.report.Differs), "thing"))
		for _, text := range d.report.Differs {
			d.say("  %s", text)
		}
		return
	}
	d.heading("%d refusals, each for its own reason; both stores listed each time.", len(d.report.Refusals))
}

// farewell ends the neighbours and says what goes on running, and how to go on.
func (d *demo) farewell() {
	for _, f := range []*function{d.neighbour, d.stranger, d.hurried} {
		f.process.stop()
	}
	d.heading("Still running")
	d.line("page", "%s/", d.function.url)
	d.line("server", "pid %d, data in %s", d.server.cmd.Process.Pid, d.data())
	d.line("go on", "%s explain ID --data %s", d.Lanyard, d.data())
	d.line("", "%s get Role --data %s", d.Lanyard, d.data())
	d.line("", "%s run --as two-clouds --data %s -- CMD", d.Lanyard, d.data())
	d.line("stop", "kill %d %d; sleep 1; rm -rf %s", d.function.pid(), d.server.cmd.Process.Pid, d.dir)
}

func (f *function) pid() int { return f.process.cmd.Process.Pid }

// text prints a text behind a word, in as many lines as it needs.
func (d *demo) text(word, text string) {
	line := ""
	for part := range strings.FieldsSeq(text) {
		if line != "" && len(line)+1+len(part) > lineWidth {
			d.say("      %-6s %s", word, line)
			word, line = "", ""
		}
		line = strings.TrimPrefix(line+" "+part, " ")
	}
	d.say("      %-6s %s", word, line)
}

// took is how long it has been.
func took(start time.Time) string {
	length := time.Since(start)
	if length < time.Second {
		return fmt.Sprintf("%d ms", length.Milliseconds())
	}
	return fmt.Sprintf("%.1f s", length.Seconds())
}

func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

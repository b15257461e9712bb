package main

import (
	"regexp"
	"strings"

	"github.com/lanyard-id/lanyard/cmd/lanyard/launch"
	"github.com/lanyard-id/lanyard/cmd/lanyard/operator"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/opwire"
)

// advice is what to do next after a failure that was found in this process. What a server refuses comes with its own.
func (c *cli) advice(why fault.Reason) string {
	switch why {
	case operator.NoServer:
		if c.data == "" { // the default folder, which nobody may have meant
			return "say --data DIR if a server runs with another folder, or lanyard serve"
		}
		return "lanyard serve" + c.dataArgument()
	case operator.NoEntry:
		return "run this as the server's user, or list your uid under operators in its configuration"
	case NotLaunched:
		return "lanyard run --as RESOURCE -- CMD"
	case "store.in_use":
		return "lanyard doctor" + c.dataArgument()
	case "store.not_ours":
		return "name the right folder, or an empty one, with --data"
	case "store.not_snapshot", "backup.not_a_backup":
		return "name a file that lanyard backup wrote, or one in snapshots/ of a data folder"
	}
	return opwire.Next(why)
}

// here puts the user's --data into a command of the server's advice, behind the verb. Help is the same for all data.
func (c *cli) here(command string) string {
	words := strings.SplitN(command, " ", 3)
	if c.data == "" || len(words) < 2 || words[0] != "lanyard" || strings.HasSuffix(command, " --help") {
		return command
	}
	words[1] += c.dataArgument()
	return strings.Join(words, " ")
}

// ourCommand is one of our commands inside a longer one, such as the end of a pipe.
var ourCommand = regexp.MustCompile(`\blanyard [a-z-]+`)

// hereIn puts the user's --data into the commands of ours in a text.
func (c *cli) hereIn(text string) string {
	return ourCommand.ReplaceAllStringFunc(text, func(s string) string { return s + c.dataArgument() })
}

// hereNext puts the user's --data into the command that an explanation ends with.
func (c *cli) hereNext(explanation string) string {
	i := strings.LastIndex(explanation, "\nnext ")
	if c.data == "" || i < 0 {
		return explanation
	}
	return explanation[:i] + c.hereIn(explanation[i:])
}

// dataArgument is --data as the user gave it, for a command that is shown.
func (c *cli) dataArgument() string {
	if c.data == "" {
		return ""
	}
	return " --data " + launch.Quote(c.data)
}

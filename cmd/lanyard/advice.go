package main

import (
	"github.com/lanyard-id/lanyard/cmd/lanyard/launch"
	"github.com/lanyard-id/lanyard/cmd/lanyard/operator"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/opwire"
	"github.com/lanyard-id/lanyard/internal/server"
)

// advice is what to do next after a failure that was found in this process. What a server refuses comes with its own.
func (c *cli) advice(why fault.Reason) string {
	switch why {
	case operator.NoServer:
		return "lanyard serve" + c.dataArgument()
	case operator.NoEntry:
		return "run this as the server's user, or list your uid under operators in its configuration"
	case server.BadConfig:
		return "lanyard check --help"
	}
	return opwire.Next(why)
}

// dataArgument is --data as the user gave it, for a command that is shown.
func (c *cli) dataArgument() string {
	if c.data == "" {
		return ""
	}
	return " --data " + launch.Quote(c.data)
}

package main

import (
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/lanyard-id/lanyard/cmd/lanyard/screen"
	"github.com/lanyard-id/lanyard/internal/fault"
)

// NotLaunched means that nobody launched this process with an identity: no variable says who it is.
const NotLaunched fault.Reason = "command.not_launched"

// self is who a process says it is.
type self struct {
	As           string `json:"as"`
	ClientID     string `json:"clientId,omitempty"`
	Role         string `json:"role,omitempty"` // of AWS, as it was at the launch
	Tenant       string `json:"tenant,omitempty"`
	Subscription string `json:"subscription,omitempty"`
	Account      string `json:"account,omitempty"`
	Region       string `json:"region,omitempty"`
	Metadata     string `json:"metadata,omitempty"`
}

func newWhoami(c *cli) *cobra.Command {
	return &cobra.Command{
		Use:   "whoami",
		Short: "Say as whom this process was launched",
		Long: "Reads the environment that run or env made and says as whom. It asks nobody: whether the identity still holds is\n" +
			"what the server says when it is used.",
		Example: "  lanyard run --as reader -- lanyard whoami",
		Args:    arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			s := self{
				As: os.Getenv("LANYARD_AS"), ClientID: os.Getenv("LANYARD_CLIENT_ID"), Role: os.Getenv("LANYARD_ROLE"), Tenant: os.Getenv("LANYARD_TENANT"),
				Subscription: os.Getenv("LANYARD_SUBSCRIPTION"), Account: os.Getenv("LANYARD_ACCOUNT"),
				Region: os.Getenv("LANYARD_REGION"), Metadata: os.Getenv("LANYARD_METADATA"),
			}
			if s.As == "" {
				return fault.New(fault.NotFound, NotLaunched, "This process was not launched as anybody.")
			}
			return c.show(cmd, s, func(w io.Writer) {
				screen.Pairs(w, [][2]string{
					{"as", s.As},
					{"client id", s.ClientID},
					{"role", s.Role},
					{"tenant", s.Tenant},
					{"subscription", s.Subscription},
					{"account", s.Account},
					{"region", s.Region},
					{"metadata", s.Metadata},
				})
			})
		},
	}
}

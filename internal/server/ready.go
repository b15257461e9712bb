package server

import (
	"errors"
	"fmt"
)

// Ready says why the server does not issue credentials at the moment; nil when it does.
func (s *Server) Ready() error {
	if err := s.failed.Load(); err != nil {
		return fmt.Errorf("the store failed: %w", *err)
	}
	if inst := s.View().Installation(); inst.Held {
		return errors.New("restored from a backup and not confirmed: run lanyard restore --confirm")
	}
	if err := s.audit.Health(); err != nil {
		return fmt.Errorf("the audit takes no records: %w", err)
	}
	return nil
}

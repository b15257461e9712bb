// Package server turns a configuration into the running process: it opens the keepers, makes the services, mounts the
// doors on their listeners and runs the loops until it is told to stop.
//
// It owns the order of start and stop, the data folder's layout, the listeners and the public URLs. It is a list of parts
// and holds no logic of any of them: it never decides, mints or answers.
package server

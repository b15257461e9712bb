// Package az tells the stories of Azure's command line.
//
// It owns what is expected of each command; az itself is the system's package, told nothing but what "lanyard run" sets. It
// never looks into the server but through "lanyard explain" and "lanyard get".
package az

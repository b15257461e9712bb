package wire

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/objects"
)

// Why a block or a list of blocks is refused.
const (
	// BadBlockID means that a block's id is not base64 of 1 to 64 bytes.
	BadBlockID fault.Reason = "blob.bad_block_id"
	// BadBlockList means that the body is not a list of blocks, or a longer one than a blob can have.
	BadBlockList fault.Reason = "blob.bad_block_list"
)

const maxBlockID = 64 // bytes, before base64 (Put Block)

// ParseBlockID reads an id, and gives the name of the part that the block becomes.
func ParseBlockID(text string) (string, error) {
	id, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || len(id) == 0 || len(id) > maxBlockID || strings.ContainsAny(text, "\r\n") { // Go skips line ends
		return "", fault.New(fault.Invalid, BadBlockID, "The specified block ID is not base64 of 1 to %d bytes.", maxBlockID)
	}
	return hex.EncodeToString(id), nil
}

// BlockID writes the id of a block from the name of its part.
func BlockID(part string) string {
	id, _ := hex.DecodeString(part) // ParseBlockID made it
	return base64.StdEncoding.EncodeToString(id)
}

// ParseBlockList reads BlockList with its Latest, Uncommitted and Committed (Put Block List). Nothing is skipped: an element,
// an attribute or a text that has no place there fails the whole.
func ParseBlockList(text []byte) ([]objects.Choice, error) {
	bad := fault.New(fault.Invalid, BadBlockList, "The specified XML is not a list of blocks.")
	dec := xml.NewDecoder(bytes.NewReader(text))
	dec.Strict = true
	sources := map[string]objects.Source{"Latest": objects.Latest, "Uncommitted": objects.Waiting, "Committed": objects.Assembled}
	var list []objects.Choice
	var open []string // the elements around
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) && len(open) == 0 && list != nil {
			return list, nil
		}
		if err != nil {
			return nil, bad.Because(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			_, known := sources[t.Name.Local]
			root := len(open) == 0 && list == nil && t.Name.Local == "BlockList"
			if !root && (len(open) != 1 || !known) || len(t.Attr) > 0 || t.Name.Space != "" || len(list) == objects.MaxParts && !root {
				return nil, bad
			}
			open = append(open, t.Name.Local)
			if root {
				list = []objects.Choice{}
			} else {
				list = append(list, objects.Choice{From: sources[t.Name.Local]})
			}
		case xml.EndElement:
			if len(open) == 2 && list[len(list)-1].ID == "" {
				return nil, bad
			}
			open = open[:len(open)-1]
		case xml.CharData:
			text := strings.TrimSpace(string(t))
			if text == "" {
				continue
			}
			if len(open) != 2 || list[len(list)-1].ID != "" {
				return nil, bad
			}
			if list[len(list)-1].ID, err = ParseBlockID(text); err != nil {
				return nil, err
			}
		case xml.ProcInst:
			if len(open) > 0 || list != nil || t.Target != "xml" {
				return nil, bad
			}
		default: // a comment or a directive
			return nil, bad
		}
	}
}

// BlockLists is the answer to Get Block List.
type BlockLists struct {
	XMLName     xml.Name    `xml:"BlockList"`
	Committed   *BlockItems `xml:"CommittedBlocks,omitempty"`
	Uncommitted *BlockItems `xml:"UncommittedBlocks,omitempty"`
}

// BlockItems are the blocks of one kind.
type BlockItems struct {
	Blocks []Block `xml:"Block"`
}

// Block is one of them.
type Block struct {
	Name string `xml:"Name"`
	Size int64  `xml:"Size"`
}

// BlocksOf lists parts.
func BlocksOf(parts []objects.Part) *BlockItems {
	item := &BlockItems{}
	for _, p := range parts {
		item.Blocks = append(item.Blocks, Block{BlockID(p.ID), p.Size})
	}
	return item
}

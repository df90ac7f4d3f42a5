package blob

import (
	"bytes"
	"io"
)

// sniffed is how many bytes of a file tell its type.
const sniffed = 512

// Head reads what Audio needs to see of a file.
func Head(file io.Reader) ([]byte, error) {
	head, err := io.ReadAll(io.LimitReader(file, sniffed))
	return head, err
}

// Audio is the type of a recording, as its first bytes tell whatever anybody calls it; empty if they are none of the
// kinds of audio that are known here.
func Audio(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("\x1a\x45\xdf\xa3")) && bytes.Contains(head[:min(len(head), 64)], []byte("webm")):
		return "audio/webm"
	case bytes.HasPrefix(head, []byte("OggS\x00")) && len(head) > 28 && oggAudio(head[28:]):
		return "audio/ogg"
	case len(head) >= 12 && string(head[4:8]) == "ftyp":
		return "audio/mp4"
	case len(head) >= 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WAVE":
		return "audio/wav"
	case bytes.HasPrefix(head, []byte("ID3")) && len(head) >= 10 && head[3] < 0x10, mpegFrame(head):
		return "audio/mpeg"
	default:
		return ""
	}
}

// oggAudio knows the codecs that a page of Ogg may begin with.
func oggAudio(packet []byte) bool {
	for _, codec := range []string{"OpusHead", "\x01vorbis", "\x7fFLAC", "Speex   "} {
		if bytes.HasPrefix(packet, []byte(codec)) {
			return true
		}
	}
	return false
}

// mpegFrame knows the header of a frame of MPEG audio: sync, a version, a layer, a bit rate and a sampling rate that
// exist.
func mpegFrame(head []byte) bool {
	if len(head) < 4 || head[0] != 0xff || head[1]&0xe0 != 0xe0 {
		return false
	}
	version, layer, rate, sampling := head[1]>>3&3, head[1]>>1&3, head[2]>>4, head[2]>>2&3
	return version != 1 && layer != 0 && rate != 0 && rate != 15 && sampling != 3
}

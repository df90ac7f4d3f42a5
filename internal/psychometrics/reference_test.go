package psychometrics_test

import (
	"strings"
	"testing"

	"github.com/assay-hq/assay/internal/psychometrics"
)

// lsat6 is section 6 of the Law School Admission Test, five items, 1000 persons (Bock & Lieberman 1970): each pattern of
// right answers with its frequency. Of the 32 possible patterns 30 were observed.
const lsat6 = `00000:3 00001:6 00010:2 00011:11 00100:1 00101:1 00110:3 00111:4 01000:1 01001:8
01011:16 01101:3 01110:2 01111:15 10000:10 10001:29 10010:14 10011:81 10100:3 10101:28
10110:15 10111:80 11000:16 11001:56 11010:21 11011:173 11100:11 11101:61 11110:28 11111:298`

func lsat6Scores(t *testing.T) psychometrics.Scores {
	t.Helper()
	scores := psychometrics.Scores{Max: []float64{1, 1, 1, 1, 1}}
	for _, entry := range strings.Fields(lsat6) {
		pattern, frequency, _ := strings.Cut(entry, ":")
		var person []psychometrics.Cell
		for _, digit := range pattern {
			person = append(person, psychometrics.Answered(float64(digit-'0')))
		}
		for range int(numbers(t, frequency)[0][0]) {
			scores.Persons = append(scores.Persons, person)
		}
	}
	return scores
}

// attitude is the data set of that name in R (Chatterjee & Price 1977): 30 departments, seven percentages.
const attitude = `43 51 30 39 61 92 45 | 63 64 51 54 63 73 47 | 71 70 68 69 76 86 48 | 61 63 45 47 54 84 35 | 81 78 56 66 71 83 47
43 55 49 44 54 49 34 | 58 67 42 56 66 68 35 | 71 75 50 55 70 66 41 | 72 82 72 67 71 83 31 | 67 61 45 47 62 80 41
64 53 53 58 58 67 34 | 67 60 47 39 59 74 41 | 69 62 57 42 55 63 25 | 68 83 83 45 59 77 35 | 77 77 54 72 79 77 46
81 90 50 72 60 54 36 | 74 85 64 69 79 79 63 | 65 60 65 75 55 80 60 | 65 70 46 57 75 85 46 | 50 58 68 54 64 78 52
50 40 33 34 43 64 33 | 64 61 52 62 66 80 41 | 53 66 52 50 63 80 37 | 40 37 42 58 50 57 49 | 63 54 42 48 66 75 33
66 77 66 63 88 76 72 | 78 75 58 74 80 78 49 | 48 57 44 45 51 83 38 | 85 85 71 71 77 74 55 | 82 82 39 59 64 78 39`

func attitudeScores(t *testing.T) psychometrics.Scores {
	t.Helper()
	return full(numbers(t, attitude), 100)
}

// full makes a table without gaps in which every item has one maximum.
func full(rows [][]float64, maximum float64) psychometrics.Scores {
	var scores psychometrics.Scores
	for _, row := range rows {
		var person []psychometrics.Cell
		for _, points := range row {
			person = append(person, psychometrics.Answered(points))
		}
		scores.Persons = append(scores.Persons, person)
	}
	for range rows[0] {
		scores.Max = append(scores.Max, maximum)
	}
	return scores
}

// quiz is a made-up test of five choice items with the key ABCDA, taken by twenty persons.
const (
	quiz    = `ABCDA ABCDB ABCDA ABCAA ABDDA ACCDA ABCDC BBCDA ABADA ABCCB ADCDD CBCBA ABBDC ACDDA DBCAB ACBCA BDCDC CCDAB BAABD DDBCC`
	quizKey = "ABCDA"
)

func quizScores() psychometrics.Scores {
	scores := psychometrics.Scores{Max: []float64{1, 1, 1, 1, 1}}
	for _, answers := range strings.Fields(quiz) {
		var person []psychometrics.Cell
		for j := range answers {
			points := 0.0
			if answers[j] == quizKey[j] {
				points = 1
			}
			person = append(person, psychometrics.Answered(points))
		}
		scores.Persons = append(scores.Persons, person)
	}
	return scores
}

// judges are six targets marked by four judges (Shrout & Fleiss 1979).
const judges = `9 2 5 8 / 6 1 3 2 / 8 4 6 8 / 7 1 2 6 / 10 5 6 9 / 6 2 4 7`

func judgeMarks(t *testing.T) psychometrics.Marks {
	t.Helper()
	return marks(numbers(t, judges))
}

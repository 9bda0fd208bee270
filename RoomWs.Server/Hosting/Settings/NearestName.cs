namespace RoomWs.Server.Hosting.Settings;

/// <summary>What someone may have meant who wrote a name that does not exist.</summary>
internal static class NearestName
{
    // Two letters in the wrong order are the commonest slip, and count as two replaced.
    private const int SwappedLetters = 2;

    /// <summary>The candidate that differs least, unless all differ by more than a slip of the hand.</summary>
    public static string? Find(string given, IEnumerable<string> candidates)
    {
        // JWT_SECRET, jwt-secret and JwtSecret are one word to a reader, so separators and case do not count as differences.
        var word = Letters(given);
        var nearest = candidates
            .Select(candidate => (Name: candidate, Distance: Distance(word, Letters(candidate))))
            .OrderBy(candidate => candidate.Distance)
            .FirstOrDefault();
        return nearest.Name is not null && nearest.Distance <= Math.Max(SwappedLetters, word.Length / 4) ? nearest.Name : null;
    }

    private static string Letters(string name) => string.Concat(name.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();

    // Levenshtein, one row at a time.
    private static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var replace = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replace, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}

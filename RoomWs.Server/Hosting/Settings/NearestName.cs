namespace RoomWs.Server.Hosting.Settings;

/// <summary>Suggests the name that the user may have meant by an unknown one.</summary>
internal static class NearestName
{
    // Two swapped letters, the most common typo, count as two replacements.
    private const int SwappedLetters = 2;

    /// <summary>Returns the closest candidate, or null if even that differs by more than a typo.</summary>
    public static string? Find(string given, IEnumerable<string> candidates)
    {
        // Separators and case do not count: JWT_SECRET, jwt-secret and JwtSecret are the same word to a reader.
        var word = Letters(given);
        var nearest = candidates
            .Select(candidate => (Name: candidate, Distance: Distance(word, Letters(candidate))))
            .OrderBy(candidate => candidate.Distance)
            .FirstOrDefault();
        return nearest.Name is not null && nearest.Distance <= Math.Max(SwappedLetters, word.Length / 4) ? nearest.Name : null;
    }

    private static string Letters(string name) => string.Concat(name.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();

    // The Levenshtein distance, one row of the matrix at a time.
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

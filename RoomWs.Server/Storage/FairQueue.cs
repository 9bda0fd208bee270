namespace RoomWs.Server.Storage;

/// <summary>
/// The jobs that wait for the writer, in a line for each user. The users take turns, so that whoever asks for much waits for itself, and the others wait for a turn
/// of each user and not for all that it has asked. Nothing is allocated for a job, and taking one costs the same however many wait. Under the queue gate.
/// </summary>
internal sealed class FairQueue
{
    /// <summary>Maximum cost of a turn, in jobs that name nothing. A job that costs more is a turn of its own.</summary>
    private const int CostPerTurn = 16;

    private readonly Dictionary<string, Line> _lines = new(StringComparer.Ordinal);

    /// <summary>The lines in which a job waits, in the order of their turns.</summary>
    private readonly Queue<Line> _turns = [];

    /// <summary>Empty lines, for users to come.</summary>
    private readonly Stack<Line> _spare = [];

    /// <summary>The line of the jobs that are no user's. It takes its turns among the users.</summary>
    private readonly Line _own = new();

    /// <summary>The lines that have had their share of the batch that is being taken.</summary>
    private readonly List<Line> _served = [];

    private long _came;

    public int Count { get; private set; }

    public void Enqueue(WriteJob job)
    {
        job.Place = _came++;
        var line = LineOf(job.UserId);
        if (line.IsEmpty) _turns.Enqueue(line);
        line.Add(job);
        Count++;
    }

    /// <summary>
    /// Takes jobs in turns until they cost enough. They are put in the order in which they came: turns decide who gets into a batch, and where all that waits gets
    /// into it, nobody notices them.
    /// </summary>
    /// <param name="batch">An empty list, for the jobs.</param>
    /// <param name="enough">
    /// No job is added to jobs that cost as much as this, and none of a line to those of the line whose shares are as much. So it is the maximum number of jobs, too.
    /// </param>
    public void Take(List<WriteJob> batch, int enough)
    {
        var (cost, isOneLine) = (0, _turns.Count == 1);
        while (cost < enough && _turns.TryDequeue(out var line))
        {
            var turn = 0;
            do
            {
                var job = line.Take();
                turn += job.Cost;
                cost += job.Cost;
                line.Taken += job.Share;
                batch.Add(job);
            }
            while (!line.IsEmpty && turn + line.First.Cost <= CostPerTurn && cost < enough && line.Taken < enough);

            if (line.IsEmpty) Free(line);
            else if (line.Taken < enough) _turns.Enqueue(line);
            else _served.Add(line);
        }

        EndShares();
        Count -= batch.Count;
        if (!isOneLine) batch.Sort(static (one, other) => one.Place.CompareTo(other.Place));
    }

    private void EndShares()
    {
        foreach (var line in _served) _turns.Enqueue(line);
        _served.Clear();
        foreach (var line in _turns) line.Taken = 0;
    }

    private Line LineOf(string? userId)
    {
        if (userId is null) return _own;
        if (_lines.TryGetValue(userId, out var line)) return line;
        if (!_spare.TryPop(out line)) line = new Line();
        line.UserId = userId;
        _lines.Add(userId, line);
        return line;
    }

    private void Free(Line line)
    {
        line.Taken = 0;
        if (line.UserId is not { } userId) return;
        _lines.Remove(userId);
        line.UserId = null;
        _spare.Push(line);
    }

    /// <summary>The waiting jobs of one user, the oldest first. Linked through the jobs.</summary>
    private sealed class Line
    {
        private WriteJob? _first;
        private WriteJob? _last;

        /// <summary>Whose it is. Null if it is no user's.</summary>
        public string? UserId { get; set; }

        /// <summary>The shares of the jobs that the batch has taken from it.</summary>
        public int Taken { get; set; }

        public bool IsEmpty => _first is null;

        public WriteJob First => _first!;

        public void Add(WriteJob job)
        {
            if (_last is null) _first = job;
            else _last.Next = job;
            _last = job;
        }

        public WriteJob Take()
        {
            var job = _first!;
            (_first, job.Next) = (job.Next, null);
            if (_first is null) _last = null;
            return job;
        }
    }
}

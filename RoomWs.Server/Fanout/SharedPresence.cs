using Microsoft.Extensions.Logging;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Fanout;

/// <summary>
/// Writes to the table of all nodes who is here, on a thread of its own: what has changed, at most every <see cref="Pace"/>, as it is by then. So nothing is lost when a
/// write fails, and nothing is told twice when it is tried again. Looks after the users of nodes that are gone. What comes of it is told by the feed, here as elsewhere.
/// </summary>
internal sealed partial class SharedPresence : IPresenceSink
{
    private const int Pace = 100;

    /// <summary>
    /// How much longer than its grace a user is here. Whoever has come back to another node within the grace is written there by then, so that this node finds it.
    /// </summary>
    private const int Margin = 150;

    /// <summary>Between two looks at the other nodes.</summary>
    private const int LookInterval = 2_000;

    /// <summary>Before what could not be done is tried again.</summary>
    private const int Pause = 250;

    private readonly IPresenceStore _store;
    private readonly ShownUsers _shown;
    private readonly IStorageFaults _faults;
    private readonly ILogger<SharedPresence> _logger;
    private readonly LocalPresence _local = new();
    private readonly AutoResetEvent _news = new(false);
    private Action<string, string> _takeOver = static (_, _) => { };
    private Thread? _thread;
    private long _writtenAt = -Pace;
    private long _lookAt;
    private bool _isToCompare;
    private bool _hasFailed;
    private volatile bool _isEnded;

    public SharedPresence(IPresenceStore store, ShownUsers shown, IStorageFaults faults, ILogger<SharedPresence> logger) =>
        (_store, _shown, _faults, _logger) = (store, shown, faults, logger);

    public void Begin(Action<string, string> takeOver)
    {
        _takeOver = takeOver;
        _thread = new Thread(Run) { Name = "RoomWs presence", IsBackground = true };
        _thread.Start();
    }

    public void Changed(string userId, string username, int connections, PresenceEvent? turn)
    {
        if (_local.Change(userId, username, connections, turn, goneAt: Environment.TickCount64 + Margin)) _news.Set();
    }

    public Elsewhere Elsewhere(Repositories read, string userId) => read.Presence.Elsewhere(userId, _store.Node);

    public Task WrittenAsync(string userId) => _local.WrittenAsync(userId);

    /// <summary>A node is gone, as the feed says, and its users are another's.</summary>
    public void NodeGone(string node)
    {
        // This one was taken for gone: it is not, and has to write its users again before their grace there is over.
        if (node != _store.Node) return;
        _local.MarkAll();
        _news.Set();
    }

    /// <summary>Ends it, with how many connections users have left: none. Others take them over from here.</summary>
    public void Dispose()
    {
        _isEnded = true;
        _news.Set();
        _thread?.Join();
        // Not disposed: a change that came just before may still set it.
    }

    private void Run()
    {
        while (true)
        {
            var isLast = _isEnded;
            try
            {
                Step(isLast);
                _hasFailed = false;
            }
            catch (Exception cause)
            {
                Fail(cause);
            }

            if (isLast) return;
            AwaitNext();
        }
    }

    private void Step(bool isLast)
    {
        if (isLast && _hasFailed) return;
        if (_store.Open() is { } own)
        {
            // Left by a session, or by a node of this name, that did not come to say what became of them.
            foreach (var user in own.Where(user => !_local.Has(user.UserId))) TakeOver(user);
            _local.MarkAll();
        }

        Write();
        if (isLast || Environment.TickCount64 < _lookAt) return;
        _lookAt = Environment.TickCount64 + LookInterval;
        Look();
    }

    private void Write()
    {
        var now = Environment.TickCount64;
        if (_local.Take(now) is not { } users) return;
        _writtenAt = now;
        var state = _store.Write(users);
        if (state == PresenceState.Emptied)
        {
            _local.NotWritten();
            BeginAnew();
        }
        else
        {
            // Who is gone goes when the table is whole again.
            _local.Written(state == PresenceState.Quiet ? now + (10 * Pace) : null);
        }
    }

    private void Look()
    {
        var state = _store.Look();
        if (state == PresenceState.Emptied)
        {
            BeginAnew();
            return;
        }

        foreach (var user in _store.TakeOver()) TakeOver(user);
        // All nodes have written their users by now. Who is shown all the same was on one that is gone.
        if (_isToCompare && state == PresenceState.Whole) _isToCompare = _store.EndMissing(_shown.All) != PresenceState.Whole;
    }

    private void BeginAnew()
    {
        _isToCompare = true;
        _local.MarkAll();
    }

    private void TakeOver(PresentUser user)
    {
        _local.TakeOver(user);
        _takeOver(user.UserId, user.Username);
    }

    private void Fail(Exception cause)
    {
        _local.NotWritten();
        _store.Close();
        // Whoever reads or writes rooms tells of an outage.
        if (!_hasFailed && !_faults.IsOfStorage(cause)) LogFailed(cause);
        _hasFailed = true;
        var again = Environment.TickCount64 + Pause;
        (_writtenAt, _lookAt) = (again - Pace, Math.Max(_lookAt, again));
    }

    /// <summary>Waits until there is something to do, and it is time.</summary>
    private void AwaitNext()
    {
        while (!_isEnded)
        {
            var due = Math.Min(_lookAt, Math.Max(_local.DueAt, _writtenAt + Pace)) - Environment.TickCount64;
            if (due <= 0) return;
            _news.WaitOne((int)due);
        }
    }

    [LoggerMessage(5007, LogLevel.Error, "Who is online on this node could not be written, and is written again until it can be")]
    private partial void LogFailed(Exception cause);
}

namespace RoomWs.Server.Storage.Sqlite;

/// <summary>The database could not be copied, for a reason that the operator can fix. The operator sees only the message.</summary>
#pragma warning disable RCS1194 // No constructor without a message: the operator would see nothing.
internal sealed class BackupException : Exception
#pragma warning restore RCS1194
{
    public BackupException(string message) : base(message)
    {
    }

    public BackupException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
